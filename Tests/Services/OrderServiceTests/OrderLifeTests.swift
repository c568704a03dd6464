import Contracts
import Events
import Persistence
import ServiceTestSupport
import Testing

@testable import OrderService

@Suite("An order after the kitchen") struct OrderLifeTests {
    static let assigned = RiderAssigned(
        orderId: "a123", riderId: 7, riderName: "김라이더", riderTel: "010-1", distance: 300, version: 3)
    static let picked = Picked(orderId: "a123", riderId: 7)
    static let delivered = Delivered(orderId: "a123", riderId: 7, deliveredAt: "2026-11-21T11:20:00Z")
    static let finished = DeliveryFinished(orderId: "a123", custId: "hkh9405", storeId: 1, totPrice: 18_000)
    static let confirmation = ["COMPLETE_ON": "confirmation"]

    /// Paid and cooked, and then what happened.
    private func harness(
        _ environment: [String: String] = [:], _ events: [any Event] = []
    ) async throws -> OrderHarness {
        let harness = try await OrderHarness.open(environment: environment)
        _ = try await harness.post("/orders", transcriptOrder)
        let before: [any Event] = [
            PaymentApproved(transcriptDetails, payId: 1), OrderViewTests.accepted(), CookStarted(orderId: "a123"),
            CookFinished(orderId: "a123"),
        ]
        for event in before + events { try await harness.deliver([harness.record(event)]) }
        return harness
    }

    private func shown(_ harness: OrderHarness, _ member: String = "status") async throws -> [JSON?] {
        [try await harness.get("/orders/1")[member], try await harness.get("/orderInfos/1")[member]]
    }

    @Test("It shows the rider, that the food is on the way, and that it is there")
    func delivered() async throws {
        let harness = try await harness()
        try await harness.deliver(Self.assigned)
        #expect(try await shown(harness) == ["riderAssign", "riderAssign"])
        #expect(try await shown(harness, "riderId") == [7, 7])
        try await harness.deliver(Self.picked)
        #expect(try await shown(harness) == ["deliveryStart", "deliveryStart"])
        try await harness.deliver(Self.delivered)
        #expect(try await harness.get("/orders/1")["status"] == "orderFinish")
        #expect(try await harness.published("DeliveryFinished").map { try $0.decode() } == [Self.finished])
        try await harness.deliver(Self.finished)
        #expect(try await shown(harness) == ["orderFinish", "orderFinish"])
    }

    @Test("A rider who is found while the kitchen cooks does not move the order back")
    func early() async throws {
        let harness = try await OrderHarness.open()
        for event in [PaymentApproved(transcriptDetails, payId: 1), Self.assigned, OrderViewTests.accepted()]
            as [any Event]
        { try await harness.deliver([harness.record(event)]) }
        #expect(try await shown(harness) == ["orderAccept", "orderAccept"])
        #expect(try await shown(harness, "riderId") == [7, 7])
        try await harness.deliver(CookStarted(orderId: "a123"))
        #expect(try await shown(harness) == ["cookStart", "cookStart"])
        try await harness.deliver(CookFinished(orderId: "a123"))
        #expect(try await shown(harness) == ["riderAssign", "riderAssign"])
    }

    @Test("A rider who does not come is not shown any more, and old news brings none back")
    func released() async throws {
        let harness = try await harness([:], [Self.assigned])
        try await harness.deliver(RiderReleased(orderId: "a123", riderId: 7, reason: "사고", version: 4))
        #expect(try await shown(harness) == ["cookCmplt", "cookCmplt"])
        let before = try await harness.get("/orders/1")
        try await harness.deliver(Self.assigned)
        let after = try await harness.get("/orders/1")
        #expect(after.json == before.json && after.header("ETag") == before.header("ETag"))
        #expect(try await shown(harness, "riderId") == [nil, nil])
    }

    @Test("A delivery that fails is canceled by the store, as far as it has come")
    func failed() async throws {
        let harness = try await harness([:], [Self.assigned, Self.picked])
        try await harness.deliver(OrderCanceled(orderId: "a123", reason: "배달 실패"))
        try await harness.deliver(PaymentCanceled(orderId: "a123", payId: 1, amount: 18_000, reason: "배달 실패"))
        #expect(try await shown(harness) == ["payCxl", "payCxl"])
        #expect(try await shown(harness, "reason") == ["배달 실패", "배달 실패"])
    }

    @Test("Money that was given back by hand is shown, and the order goes on")
    func refundedByHand() async throws {
        let harness = try await harness([:], [Self.assigned])
        try await harness.deliver(PaymentCanceled(orderId: "a123", payId: 1, amount: 18_000, reason: "고객 민원"))
        #expect(try await harness.waiting() == 0)
        #expect(try await shown(harness) == ["payCxl", "payCxl"])
        for event in [Self.picked, Self.delivered, Self.finished] as [any Event] {
            try await harness.deliver([harness.record(event)])
            #expect(try await shown(harness) == ["payCxl", "payCxl"])
        }
        #expect(try await harness.published().map(\.type) == ["OrderPlaced", "DeliveryFinished"])
    }

    @Test("Where the customer confirms, the order waits for that, and it is taken once")
    func confirmed() async throws {
        let harness = try await harness(Self.confirmation, [Self.picked])
        #expect(try await harness.put("/orders/1/confirm").status == 409, "not there yet")
        try await harness.deliver(Self.delivered)
        #expect(try await shown(harness) == ["deliveryCmplt", "deliveryCmplt"])
        #expect(try await harness.get("/orders/1").links.contains("confirm"))
        let answer = try await harness.put("/orders/1/confirm")
        #expect(answer.status == 200 && answer["status"] == "orderFinish")
        #expect(!answer.links.contains("confirm"))
        #expect(try await harness.put("/orders/1/confirm").status == 409)
        harness.clock.advance(seconds: 100_000)
        try await harness.runDeadlines()
        #expect(try await harness.published("DeliveryFinished").map { try $0.decode() } == [Self.finished])
    }

    @Test("A customer who does not confirm has confirmed when the time is over")
    func deadline() async throws {
        let harness = try await harness(
            Self.confirmation.merging(["CONFIRM_SECONDS": "60"]) { $1 }, [Self.picked, Self.delivered])
        harness.clock.advance(seconds: 59)
        try await harness.runDeadlines()
        #expect(try await harness.get("/orders/1")["status"] == "deliveryCmplt")
        harness.clock.advance(seconds: 1)
        try await harness.runDeadlines()
        #expect(try await harness.get("/orders/1")["status"] == "orderFinish")
        #expect(try await harness.published("DeliveryFinished").count == 1)
    }

    @Test("Wrong confirmations change nothing")
    func wrong() async throws {
        let harness = try await harness(Self.confirmation, [Self.picked, Self.delivered])
        let before = try await harness.get("/orders/1").json
        #expect(try await harness.put("/orders/9/confirm").status == 404)
        #expect(try await harness.put("/orders/x/confirm").status == 404)
        #expect(try await harness.put("/orders/1/confirm", headers: [("If-Match", #""1""#)]).status == 412)
        #expect(try await harness.send("GET", "/orders/1/confirm").status == 405)
        #expect(try await harness.send("DELETE", "/orders/1").status == 409)
        #expect(try await harness.get("/orders/1").json == before)
        #expect(try await harness.published("DeliveryFinished").isEmpty)
    }

    @Test("A store that does not answer a cancellation is asked again, until it has")
    func askedAgain() async throws {
        let harness = try await OrderHarness.open()
        _ = try await harness.post("/orders", transcriptOrder)
        _ = try await harness.send("DELETE", "/orders/1", #"{"reason":"너무 늦어요"}"#)
        for _ in 1...2 {
            harness.clock.advance(seconds: 60)
            try await harness.runDeadlines()
        }
        let request = OrderCancelRequested(orderId: "a123", reason: "너무 늦어요")
        #expect(
            try await harness.published("OrderCancelRequested").map { try $0.decode() } == [request, request, request])
        #expect(try await harness.get("/orders/1")["status"] == "orderCxlReq")
        try await harness.deliver(OrderCanceled(orderId: "a123", reason: "너무 늦어요"))
        harness.clock.advance(seconds: 60)
        try await harness.runDeadlines()
        #expect(try await harness.published("OrderCancelRequested").count == 3)
        #expect(try await harness.number("SELECT count(*) FROM deadlines") == 0)
    }

    @Test("A cancellation that nobody waited for, from before there was this wait, is asked for again at once")
    func migrated() async throws {
        let harness = try await OrderHarness.open()
        _ = try await harness.post("/orders", transcriptOrder)
        _ = try await harness.send("DELETE", "/orders/1")
        try await harness.database.write { transaction in
            try transaction.execute("DELETE FROM deadlines")
            try transaction.execute("UPDATE orders SET wish = NULL, waits_until = NULL")
            try transaction.execute("DELETE FROM schema_migrations WHERE component = 'orders_waits'")
        }
        let restarted = try await harness.restarted(PaymentsDouble())
        try await restarted.runDeadlines()
        #expect(try await restarted.published("OrderCancelRequested").count == 2)
        #expect(try await harness.number("SELECT count(*) FROM deadlines") == 1)
    }
}
