import Contracts
import Events
import Messaging
import Persistence
import ServiceTestSupport
import Testing

@testable import StoreService

@Suite("What owners see of their orders")
struct OrderManageViewTests {
    private func shown(_ harness: StoreHarness, _ orderId: String = "a123") async throws -> JSON? {
        try await harness.get("/orderDtls/search/findByOrderId?orderId=\(orderId)")["status"]
    }

    @Test("It follows the events")
    func steps() async throws {
        let harness = try await StoreHarness()
        #expect(try await shown(harness) == 404)
        try await harness.receive()
        #expect(try await shown(harness) == "orderCmplt")
        _ = try await harness.move("accept")
        #expect(try await shown(harness) == "orderCmplt", "until the event comes back")
        try await harness.deliver(
            OrderAccepted(orderId: "a123", storeId: 1, cmpltTime: "2026-11-21T11:00:00Z", storeLat: 0, storeLon: 0))
        #expect(try await shown(harness) == "orderAccept")
        try await harness.deliver(CookStarted(orderId: "a123"))
        #expect(try await shown(harness) == "cookStart")
        try await harness.deliver(CookFinished(orderId: "a123"))
        #expect(try await shown(harness) == "cookCmplt")
    }

    private func time(_ harness: StoreHarness) async throws -> String? {
        try await harness.get("/orderDtls/search/findByOrderId?orderId=a123")["cmpltTime"]?.text
    }

    @Test("It shows when the food will be ready, as the owner said last")
    func delayed() async throws {
        let harness = try await StoreHarness()
        try await harness.receive()
        #expect(try await time(harness) == nil)
        let accepted = OrderAccepted(
            orderId: "a123", storeId: 1, cmpltTime: "2026-11-21T11:00:00Z", storeLat: 0, storeLon: 0)
        try await harness.deliver(accepted)
        #expect(try await time(harness) == "2026-11-21T11:00:00Z")
        let (later, sooner) = ("2026-11-21T11:30:00Z", "2026-11-21T10:50:00Z")
        try await harness.deliver(CookDelayed(orderId: "a123", cmpltTime: later, version: 3), id: "first")
        #expect(try await time(harness) == later)
        #expect(try await shown(harness) == "orderAccept")
        try await harness.deliver(CookStarted(orderId: "a123"))
        try await harness.deliver(CookDelayed(orderId: "a123", cmpltTime: sooner, version: 5))
        #expect(try await time(harness) == sooner)
        #expect(try await shown(harness) == "cookStart")
        try await harness.deliver(CookDelayed(orderId: "a123", cmpltTime: later, version: 3), id: "first")
        try await harness.deliver(CookDelayed(orderId: "a123", cmpltTime: later, version: 3), id: "first, again")
        try await harness.deliver(accepted)
        #expect(try await time(harness) == sooner, "old news")
    }

    @Test("A dead order shows why, and no rider, whenever that is heard of", arguments: [true, false])
    func dead(isRiderFirst: Bool) async throws {
        let harness = try await StoreHarness()
        try await harness.receive()
        let rider = RiderAssigned(
            orderId: "a123", riderId: 7, riderName: "김라이더", riderTel: "010-1", distance: 300, version: 3)
        let news: [any Event] = [rider, OrderCanceled(orderId: "a123", reason: "배고파요")]
        for event in isRiderFirst ? news : news.reversed() { try await harness.deliver([harness.record(event)]) }
        let order = try await harness.get("/orderDtls/1")
        #expect(order["status"] == "orderCxl" && order["reason"] == "배고파요")
        #expect(order["riderStatus"] == nil && order["riderId"] == nil && order["riderTel"] == nil)
    }

    @Test("Late and repeated events change nothing")
    func late() async throws {
        let harness = try await StoreHarness()
        try await harness.receive()
        try await harness.deliver(CookFinished(orderId: "a123"))
        try await harness.deliver(CookStarted(orderId: "a123"))
        try await harness.receive(id: "again")
        #expect(try await shown(harness) == "cookCmplt")
        #expect(try await harness.rows("order_dtls") == 1)
    }

    @Test("A rejected order is shown as such")
    func rejected() async throws {
        let harness = try await StoreHarness()
        try await harness.receive()
        try await harness.deliver(OrderRejected(orderId: "a123", reason: "재료 소진"))
        #expect(try await shown(harness) == "orderReject")
    }

    @Test("The view rebuilt from the events is the same")
    func rebuilt() async throws {
        let harness = try await StoreHarness()
        let records = [
            try harness.record(PaymentApproved(details("a"), payId: 1)), try harness.record(CookStarted(orderId: "a")),
            try harness.record(PaymentApproved(details("b"), payId: 2)),
            try harness.record(OrderRejected(orderId: "b", reason: "r")),
            try harness.record(CookFinished(orderId: "a")),
        ]
        for record in records { try await harness.deliver([record]) }
        let (before, stock) = (try await harness.get("/orderDtls").json, try await harness.stock())
        try await OrderDtls.view.rebuild(in: harness.database)
        try await harness.deliver(records)
        #expect(try await harness.get("/orderDtls").json == before)
        #expect(try await harness.stock() == stock)
    }

    @Test(
        "The transcript's other names answer as the first ones",
        arguments: [("foodCookings", "orderManages"), ("shopPages", "orderDtls")])
    func aliases(_ alias: String, _ original: String) async throws {
        let harness = try await StoreHarness()
        try await harness.receive()
        for path in ["", "/1", "/search/findByOrderId?orderId=a123", "/99"] {
            let (one, other) = (try await harness.get("/\(alias)\(path)"), try await harness.get("/\(original)\(path)"))
            #expect(one.status == other.status)
            #expect(one["_embedded"] == other["_embedded"])
            #expect(one["orderId"] == other["orderId"])
        }
        if alias == "foodCookings" {
            #expect(try await harness.put("/foodCookings/1/accept", #"{"cookMinutes":5}"#).status == 200)
        }
    }

    @Test("Lists come in pages and in the order that was asked for", arguments: ["orderManages", "orderDtls"])
    func pages(_ plural: String) async throws {
        let harness = try await StoreHarness()
        for id in ["b", "c", "a"] { try await harness.receive(details(id)) }
        let page = try await harness.get("/\(plural)?sort=orderId,desc&size=2")
        #expect(page.embedded(plural).map { $0["orderId"] } == ["c", "b"])
        #expect(page["page"]?["totalPages"] == 2)
        #expect(try await harness.get("/\(plural)?sort=custTel").status == 400)
    }
}
