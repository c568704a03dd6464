import Contracts
import ServiceTestSupport
import Testing

@testable import DeliveryService

@Suite("The search for a rider")
struct SearchTests {
    @Test("It begins ten minutes before the food is ready")
    func begins() async throws {
        let harness = try await DeliveryHarness.open(riders: 2)
        try await harness.deliver(accepted())
        #expect(try await harness.status() == "riderWait")
        try await harness.pass(seconds: 599)
        #expect(try await harness.status() == "riderWait")
        try await harness.pass(seconds: 1)
        #expect(try await harness.status() == "riderOffer")
        let offer: RiderOffered = try #require(try await harness.published("RiderOffered").first).decode()
        #expect(offer.riderId == 1)
        #expect(offer.distance == 111)
        #expect(offer.expiresAt == "2026-11-21T10:10:30.000Z")
        #expect(offer.version == 2)
    }

    @Test("A delay moves it, the latest one counts, and it never begins before now", arguments: [true, false])
    func delayed(_ inOrder: Bool) async throws {
        let harness = try await DeliveryHarness.open(riders: 1)
        try await harness.deliver(accepted())
        let delays = [
            CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T10:40:00Z", version: 3),
            CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T10:30:00Z", version: 5),
        ]
        for delay in inOrder ? delays : delays.reversed() { try await harness.deliver(delay) }
        #expect(try await harness.get("/deliveries/1")["cmpltTime"] == "2026-11-21T10:30:00Z")
        try await harness.pass(seconds: 1199)
        #expect(try await harness.status() == "riderWait")
        try await harness.pass(seconds: 1)
        #expect(try await harness.status() == "riderOffer")
    }

    @Test("Each round asks twice as many, the nearest ones, and nobody twice before all were asked")
    func rounds() async throws {
        let harness = try await DeliveryHarness.searching(riders: 6)
        #expect(try await harness.offers() == ["1 open"])
        try await harness.pass(seconds: 29)
        #expect(try await harness.offers() == ["1 open"])
        try await harness.pass(seconds: 1)
        #expect(try await harness.offers() == ["1 lapsed", "2 open", "3 open"])
        #expect(try await harness.wrongRiders() == 0)
        try await harness.pass(seconds: 30)
        #expect(
            try await harness.offers() == ["1 lapsed", "2 lapsed", "3 lapsed", "4 open", "5 open", "6 open"])
        _ = try await harness.command("decline", rider: 5)
        try await harness.pass(seconds: 30)
        #expect(try await harness.status() == "riderOffer")
        #expect(
            try await harness.offers() == [
                "1 lapsed", "1 open", "2 lapsed", "2 open", "3 lapsed", "3 open", "4 lapsed", "4 open", "5 declined",
                "6 lapsed", "6 open",
            ], "all but the one who said no")
        #expect(try await harness.offers(.lapsed) == 5)
        #expect(try await harness.wrongRiders() == 0)
    }

    @Test("An order whose food is ready soon is offered with the news of it")
    func atOnce() async throws {
        let harness = try await DeliveryHarness.open(riders: 1)
        try await harness.deliver(accepted(ready: "2026-11-21T10:10:00Z"))
        #expect(try await harness.status() == "riderOffer")
        #expect(try await harness.told() == ["RiderOffered"])
    }

    @Test("When all have declined the next ones are asked at once")
    func declined() async throws {
        let harness = try await DeliveryHarness.searching(riders: 4)
        #expect(try await harness.command("decline")["status"] == "riderOffer")
        #expect(try await harness.offers() == ["1 declined", "2 open", "3 open"])
        _ = try await harness.command("decline", rider: 3)
        #expect(try await harness.offers() == ["1 declined", "2 open", "3 declined"])
        #expect(try await harness.command("decline", rider: 2)["status"] == "riderOffer")
        #expect(try await harness.offers() == ["1 declined", "2 declined", "3 declined", "4 open"])
        #expect(try await harness.command("decline", rider: 4)["status"] == "riderSearch")
        #expect(try await harness.wrongRiders() == 0)
    }

    @Test("While nobody is free that is told once, and the search goes on")
    func awaited() async throws {
        let harness = try await DeliveryHarness.searching(riders: 0)
        for _ in 1...3 { try await harness.pass(seconds: 5) }
        #expect(try await harness.status() == "riderSearch")
        #expect(try await harness.told() == ["RiderAwaited"])
        _ = try await harness.post(
            "/riders", #"{"name":"a","tel":"b","lat":\#(store.lat),"lon":\#(store.lon)}"#)
        try await harness.pass(seconds: 4)
        #expect(try await harness.status() == "riderSearch")
        try await harness.pass(seconds: 1)
        #expect(try await harness.status() == "riderOffer")
        _ = try await harness.command("decline")
        #expect(try await harness.told() == ["RiderAwaited", "RiderOffered", "RiderAwaited"], "another spell")
    }

    @Test("Nobody comes from beyond the radius", arguments: [(1, "riderSearch"), (50, "riderOffer")])
    func radius(_ km: Int, _ status: String) async throws {
        let harness = try await DeliveryHarness.open(["RIDER_RADIUS_KM": "\(km)"])
        _ = try await harness.post("/riders", #"{"name":"a","tel":"b","lat":\#(store.lat + 0.1),"lon":\#(store.lon)}"#)
        try await harness.deliver(accepted(ready: "2026-11-21T10:00:00Z"))
        try await harness.runDeadlines()
        #expect(try await harness.status() == status)
    }

    @Test("Who carries something or is asked is not asked for another order")
    func busy() async throws {
        let harness = try await DeliveryHarness.searching(riders: 3)
        try await harness.deliver(accepted("b", ready: "2026-11-21T10:05:00Z"))
        try await harness.runDeadlines()
        #expect(try await harness.offers(2) == ["2 open"])
        _ = try await harness.command("accept")
        try await harness.pass(seconds: 30)
        #expect(try await harness.offers(2) == ["2 lapsed", "3 open"])
        #expect(try await harness.wrongRiders() == 0)
    }

    @Test("It is given up after an hour, which fails the delivery and frees whoever was asked", arguments: [0, 200])
    func givenUp(_ riders: Int) async throws {
        let harness = try await DeliveryHarness.searching(riders: riders, ["OFFER_SECONDS": "1000"])
        try await harness.pass(seconds: 3599)
        #expect(try await harness.status() != "deliveryFail")
        try await harness.pass(seconds: 1)
        #expect(try await harness.status() == "deliveryFail")
        #expect(try await harness.told().last == "DeliveryFailed")
        #expect(try await harness.offers(.open) == 0)
        #expect(try await harness.wrongRiders() == 0)
        #expect(try await harness.number("SELECT count(*) FROM deadlines") == 0)
    }

    @Test("A delay gives a search that has begun its time after the food is ready, and takes none", arguments: [0, 1])
    func delayedSearch(_ riders: Int) async throws {
        let harness = try await DeliveryHarness.searching(riders: riders)
        try await harness.deliver(CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T11:10:00Z", version: 3))
        try await harness.deliver(CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T10:30:00Z", version: 5))
        try await harness.pass(seconds: 7799)
        #expect(try await harness.status() == (riders == 0 ? "riderSearch" : "riderOffer"))
        try await harness.pass(seconds: 1)
        #expect(try await harness.status() == "deliveryFail")
    }

    @Test("Food that was ready hours ago fails after a search, so that a delay behind it in the topic is read first")
    func late() async throws {
        let harness = try await DeliveryHarness.open()
        for order in ["late", "moved"] { try await harness.deliver(accepted(order, ready: "2026-11-21T05:00:00Z")) }
        try await harness.deliver(CookDelayed(orderId: "moved", cmpltTime: "2026-11-21T10:10:00Z", version: 3))
        try await harness.pass(seconds: 3599)
        #expect(try await harness.status(1) == "riderSearch")
        try await harness.pass(seconds: 1)
        #expect(try await harness.status(1) == "deliveryFail")
        #expect(try await harness.status(2) == "riderSearch")
        #expect(try await harness.told() == ["RiderAwaited", "RiderAwaited", "DeliveryFailed"])
    }

    @Test("What lay in the topic for days fails at once; that is told unless it is older than the database")
    func old() async throws {
        let harness = try await DeliveryHarness.open(riders: 1)
        try await harness.deliver(accepted("theirs", ready: "2026-11-20T09:59:59Z"))
        try await harness.deliver(CookFinished(orderId: "theirs"))
        #expect(try await harness.status(1) == "deliveryFail")
        #expect(try await harness.told() == [])
        harness.clock.advance(seconds: 2 * 86_400)
        try await harness.deliver(accepted("theirs too", ready: "2026-11-21T09:59:59Z"))
        try await harness.deliver(accepted("ours", ready: "2026-11-21T10:00:00Z"))
        #expect(try await harness.status(2) == "deliveryFail")
        #expect(try await harness.status(3) == "deliveryFail")
        #expect(try await harness.published().map(\.key) == ["ours"])
        #expect(try await harness.told() == ["DeliveryFailed"])
        #expect(try await harness.waiting() == 0)
    }
}
