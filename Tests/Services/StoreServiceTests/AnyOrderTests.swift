import Contracts
import Events
import ServiceTestSupport
import Testing

@testable import StoreService

@Suite("Events at the store in any order, any number of times", .timeLimit(.minutes(5)))
struct AnyOrderTests {
    private static let paid = PaymentApproved(details(), payId: 1)
    private static let accepted = OrderAccepted(
        orderId: "a123", storeId: 1, cmpltTime: "2026-11-21T11:00:00Z", storeLat: 0, storeLon: 0)

    private static let delayed = CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T11:30:00Z", version: 3)
    private static let sooner = CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T10:50:00Z", version: 4)

    /// The payment, and what comes back of the owner's own commands.
    static let stories: [([any Event], String)] = [
        ([paid], "orderCmplt"),
        ([paid, accepted], "orderAccept"),
        ([paid, accepted, CookStarted(orderId: "a123")], "cookStart"),
        ([paid, accepted, CookStarted(orderId: "a123"), CookFinished(orderId: "a123")], "cookCmplt"),
        ([paid, accepted, delayed], "orderAccept"),
        ([paid, accepted, delayed, CookStarted(orderId: "a123")], "cookStart"),
        ([paid, accepted, delayed, sooner], "orderAccept"),
        ([paid, accepted, delayed, CookStarted(orderId: "a123"), CookFinished(orderId: "a123")], "cookCmplt"),
        ([paid, OrderCanceled(orderId: "a123", reason: "r")], "orderCxl"),
        ([paid, OrderRejected(orderId: "a123", reason: "재료 소진")], "orderReject"),
    ]

    private static func assigned(_ riderId: Int, _ version: Int) -> RiderAssigned {
        RiderAssigned(
            orderId: "a123", riderId: riderId, riderName: "rider \(riderId)", riderTel: "010-0000-000\(riderId)",
            distance: 300, version: version)
    }
    private static func offered(_ version: Int) -> RiderOffered {
        RiderOffered(
            orderId: "a123", riderId: 1, distance: 300, expiresAt: "2026-11-21T11:00:00Z", version: version)
    }
    private static func awaited(_ version: Int) -> RiderAwaited { RiderAwaited(orderId: "a123", version: version) }
    private static func released(_ riderId: Int, _ version: Int) -> RiderReleased {
        RiderReleased(orderId: "a123", riderId: riderId, reason: "r", version: version)
    }
    private static let cooked: [any Event] = [paid, CookStarted(orderId: "a123"), CookFinished(orderId: "a123")]
    private static let picked = Picked(orderId: "a123", riderId: 2)
    private static let delivered = Delivered(orderId: "a123", riderId: 2, deliveredAt: "2026-11-21T11:30:00Z")
    private static let finished = DeliveryFinished(orderId: "a123", custId: "hkh9405", storeId: 1, totPrice: 18_000)

    struct Ride: Sendable {
        let events: [any Event]
        let status: String
        var rider: String?
        var riderId: Int?
    }

    static let rides = [
        Ride(events: [paid, accepted, offered(2)], status: "orderAccept", rider: "riderOffer"),
        Ride(events: [paid, accepted, offered(2), awaited(3)], status: "orderAccept", rider: "riderSearch"),
        Ride(
            events: [paid, awaited(2), offered(3), assigned(1, 4)], status: "orderCmplt", rider: "riderAssign",
            riderId: 1),
        Ride(events: [paid, accepted, assigned(1, 4), released(1, 5)], status: "orderAccept", rider: "riderSearch"),
        Ride(events: cooked + [assigned(1, 4)], status: "riderAssign", rider: "riderAssign", riderId: 1),
        Ride(events: cooked + [assigned(1, 4), released(1, 5)], status: "cookCmplt", rider: "riderSearch"),
        Ride(
            events: cooked + [assigned(1, 4), released(1, 5), assigned(2, 7)], status: "riderAssign",
            rider: "riderAssign", riderId: 2),
        Ride(
            events: cooked + [assigned(2, 4), picked], status: "deliveryStart", rider: "riderAssign", riderId: 2),
        Ride(
            events: cooked + [assigned(2, 4), picked, delivered, finished], status: "orderFinish",
            rider: "riderAssign", riderId: 2),
        Ride(
            events: [paid, assigned(2, 4), picked, delivered], status: "deliveryCmplt", rider: "riderAssign", riderId: 2
        ),
        Ride(
            events: cooked + [assigned(2, 4), picked, OrderCanceled(orderId: "a123", reason: "r")],
            status: "orderCxl"),
    ]

    @Test("The owner's view shows the rider as the delivery said last", arguments: 0..<rides.count)
    func rider(_ number: Int) async throws {
        let ride = Self.rides[number]
        var generator = SplitMix(seed: 20_261_128)
        for order in permutations(ride.events, &generator).shuffled(using: &generator).prefix(120) {
            var harness = try await StoreHarness()
            let records = try order.map { try record($0, harness) }
            harness = try await harness.deliverRoughly(records, &generator) { harness in
                try await StoreHarness(clock: harness.clock, database: harness.database)
            }
            let shown = try await harness.get("/orderDtls/search/findByOrderId?orderId=a123")
            #expect(shown["status"]?.text == ride.status)
            #expect(shown["riderStatus"]?.text == ride.rider)
            #expect(shown["riderId"]?.int == ride.riderId)
            #expect(shown["riderName"]?.text == ride.riderId.map { "rider \($0)" })
            #expect(shown["riderTel"]?.text == ride.riderId.map { "010-0000-000\($0)" })
            #expect(try await harness.waiting() == 0)
        }
    }

    @Test("The owner's view ends at the last status, and the order is received once", arguments: 0..<stories.count)
    func view(_ number: Int) async throws {
        let (events, status) = Self.stories[number]
        let times = events.map { ($0 as? CookDelayed)?.cmpltTime ?? ($0 as? OrderAccepted)?.cmpltTime }
        let time = times.last { $0 != nil } ?? nil
        var generator = SplitMix(seed: 20_261_124)
        for order in permutations(events, &generator) {
            var harness = try await StoreHarness()
            let records = try order.map { try record($0, harness) }
            harness = try await harness.deliverRoughly(records, &generator) { harness in
                try await StoreHarness(clock: harness.clock, database: harness.database)
            }
            let shown = try await harness.get("/orderDtls/search/findByOrderId?orderId=a123")
            #expect(shown["status"]?.text == status)
            #expect(shown["cmpltTime"]?.text == time, "\(order.map { type(of: $0).type })")
            #expect(shown["custAddr"] == "불정로 10")
            #expect(try await harness.stock() == [99_999, 99_998, 100_000, 100_000])
            #expect(try await harness.told() == ["StockDecreased"])
            #expect(try await harness.waiting() == 0)
        }
    }

    private func record(_ event: some Event, _ harness: StoreHarness) throws -> EventRecord {
        try harness.record(event)
    }
}
