import Contracts
import Events
import Persistence
import ServiceTestSupport
import Testing
import Time

@testable import DeliveryService

@Suite("The states of a delivery and of an offer")
struct DeliveryStateTests {
    /// Written down apart from the program; every pair that is not here is illegal.
    private static let legal: [(Delivery.Status, Delivery.Move, Delivery.Status, event: String?)] = [
        (.scheduled, .search, .searching, "RiderAwaited"), (.scheduled, .offer, .offered, "RiderOffered"),
        (.scheduled, .cancel, .canceled, nil), (.scheduled, .fail, .failed, "DeliveryFailed"),
        (.scheduled, .delay, .scheduled, nil), (.scheduled, .cook, .scheduled, nil),
        (.searching, .search, .searching, "RiderAwaited"), (.searching, .offer, .offered, "RiderOffered"),
        (.searching, .cancel, .canceled, nil), (.searching, .fail, .failed, "DeliveryFailed"),
        (.searching, .delay, .searching, nil), (.searching, .cook, .searching, nil),
        (.offered, .search, .searching, "RiderAwaited"), (.offered, .offer, .offered, "RiderOffered"),
        (.offered, .accept, .assigned, "RiderAssigned"), (.offered, .decline, .offered, nil),
        (.offered, .cancel, .canceled, nil), (.offered, .fail, .failed, "DeliveryFailed"),
        (.offered, .delay, .offered, nil), (.offered, .cook, .offered, nil),
        (.assigned, .release, .searching, "RiderReleased"), (.assigned, .pick, .pickedUp, "Picked"),
        (.assigned, .cancel, .canceled, nil), (.assigned, .fail, .failed, "DeliveryFailed"),
        (.assigned, .delay, .assigned, nil), (.assigned, .cook, .assigned, nil),
        (.pickedUp, .deliver, .delivered, "Delivered"), (.pickedUp, .cancel, .canceled, nil),
        (.pickedUp, .fail, .failed, "DeliveryFailed"),
    ]
    static let pairs = Delivery.Status.allCases.flatMap { status in Delivery.Move.allCases.map { (status, $0) } }

    private static let times = DeliveryTimes(
        lead: .seconds(1), offer: .seconds(2), retry: .seconds(3), search: .seconds(4), pickUp: .seconds(5),
        delivery: .seconds(6))

    @Test("Each move leads where the table says with its event, or is illegal and changes nothing", arguments: pairs)
    func moves(_ status: Delivery.Status, _ move: Delivery.Move) throws {
        let before = Delivery(
            id: 1, trip: Trip(accepted()), status: status, kitchen: .cooked, cmpltTime: "2026-11-21T10:20:00Z",
            riderId: 7)
        var delivery = before
        let (now, times) = (Timestamp(milliseconds: 1_795_255_200_000), Self.times)
        let rider = Rider(id: 7, name: "a", tel: "b", place: store)
        let make: () throws -> [any Event] = {
            switch move {
            case .search: try delivery.awaitRider(times, now: now)
            case .offer: try delivery.offer(to: [Nearest.Found(id: 7, distance: 3)], times, now: now)
            case .accept: try delivery.accept(by: rider, distance: 3, times, now: now)
            case .decline:
                try {
                    try delivery.decline(); return []
                }()
            case .release: try delivery.release(reason: "r", times, now: now)
            case .pick: try delivery.pick(by: rider, times, now: now)
            case .deliver: try delivery.deliver(by: rider, now: now)
            case .cancel: try delivery.cancel(reason: "r")
            case .fail: try delivery.fail(reason: "r")
            case .delay:
                try delivery.delay(
                    CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T10:30:00Z", version: 3), times, now: now)
            case .cook: try delivery.cook(.cooked, times, now: now)
            }
        }
        if let row = Self.legal.first(where: { $0.0 == status && $0.1 == move }) {
            let events = try make()
            #expect(events.map { type(of: $0).type } == (row.event.map { [$0] } ?? []))
            #expect(delivery.status == row.2)
            let isOver = [.delivered, .canceled, .failed].contains(row.2)
            #expect(delivery.waits.isEmpty == isOver, "every status that can end has a wait")
        } else {
            #expect(throws: IllegalMove.self) { _ = try make() }
            #expect(delivery == before)
        }
    }

    private static let commands: [Delivery.Move] = [.accept, .decline, .release, .pick, .deliver]

    @Test("Over HTTP a legal command is 200, an illegal one 409", arguments: Delivery.Status.allCases)
    func overHTTP(_ status: Delivery.Status) async throws {
        for command in Self.commands {
            let harness = try await DeliveryHarness.assigned()
            try await harness.database.write { transaction in
                try transaction.execute("UPDATE deliveries SET status = $1", [.text(status.rawValue)])
                if status == .offered { try transaction.execute("UPDATE offers SET status = 'open'") }
            }
            let links = try await harness.get("/deliveries/1").links
            let stored = try await harness.stored()
            let answer = try await harness.command(command.rawValue)
            let row = Self.legal.first { $0.0 == status && $0.1 == command }
            #expect(answer.status == (row == nil ? 409 : 200))
            #expect(links.contains(command.rawValue) == (row != nil))
            if let row, command != .decline { #expect(answer["status"]?.text == row.2.rawValue) }
            if row == nil { #expect(try await harness.stored() == stored) }
        }
    }

    private static let offers: [(Offer.Status, Offer.Move, Offer.Status)] = [
        (.open, .accept, .accepted), (.open, .decline, .declined), (.open, .lapse, .lapsed), (.open, .close, .closed),
        (.accepted, .lapse, .lapsed), (.accepted, .decline, .declined),
    ]

    @Test(
        "Each move of an offer leads where the table says, or is refused and changes nothing",
        arguments: Offer.Status.allCases, Offer.Move.allCases)
    func offers(_ status: Offer.Status, _ move: Offer.Move) throws {
        let before = Offer(id: 1, version: 1, deliveryId: 1, riderId: 1, distance: 1, status)
        var offer = before
        if let row = Self.offers.first(where: { $0.0 == status && $0.1 == move }) {
            try offer.make(move)
            #expect(offer.status == row.2)
        } else {
            #expect(throws: DeliveryRefused.offer(status)) { try offer.make(move) }
            #expect(offer == before)
        }
    }
}
