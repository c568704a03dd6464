import Contracts
import Events
import Messaging
import Persistence
import ServiceTestSupport
import Testing

@testable import StoreService

@Suite("What owners see of their orders")
struct OrderManageViewTests {
    private func shown(_ bench: StoreBench, _ orderId: String = "a123") async throws -> JSON? {
        try await bench.get("/orderDtls/search/findByOrderId?orderId=\(orderId)")["status"]
    }

    @Test("It follows the events")
    func steps() async throws {
        let bench = try await StoreBench()
        #expect(try await shown(bench) == 404)
        try await bench.receive()
        #expect(try await shown(bench) == "orderCmplt")
        _ = try await bench.move("accept")
        #expect(try await shown(bench) == "orderCmplt", "until the event comes back")
        try await bench.deliver(
            OrderAccepted(orderId: "a123", storeId: 1, cmpltTime: "2026-11-21T11:00:00Z", storeLat: 0, storeLon: 0))
        #expect(try await shown(bench) == "orderAccept")
        try await bench.deliver(CookStarted(orderId: "a123"))
        #expect(try await shown(bench) == "cookStart")
        try await bench.deliver(CookFinished(orderId: "a123"))
        #expect(try await shown(bench) == "cookCmplt")
    }

    @Test("Late and repeated events change nothing")
    func late() async throws {
        let bench = try await StoreBench()
        try await bench.receive()
        try await bench.deliver(CookFinished(orderId: "a123"))
        try await bench.deliver(CookStarted(orderId: "a123"))
        try await bench.receive(id: "again")
        #expect(try await shown(bench) == "cookCmplt")
        #expect(try await bench.rows("order_dtls") == 1)
    }

    @Test("A rejected order is shown as such")
    func rejected() async throws {
        let bench = try await StoreBench()
        try await bench.receive()
        try await bench.deliver(OrderRejected(orderId: "a123", reason: "재료 소진"))
        #expect(try await shown(bench) == "orderReject")
    }

    @Test("The view rebuilt from the events is the same")
    func rebuilt() async throws {
        let bench = try await StoreBench()
        let records = [
            try bench.record(PaymentApproved(details("a"), payId: 1)), try bench.record(CookStarted(orderId: "a")),
            try bench.record(PaymentApproved(details("b"), payId: 2)),
            try bench.record(OrderRejected(orderId: "b", reason: "r")), try bench.record(CookFinished(orderId: "a")),
        ]
        for record in records { try await bench.deliver([record]) }
        let (before, stock) = (try await bench.get("/orderDtls").json, try await bench.stock())
        try await OrderDtls.view.rebuild(in: bench.database)
        try await bench.deliver(records)
        #expect(try await bench.get("/orderDtls").json == before)
        #expect(try await bench.stock() == stock)
    }

    @Test(
        "The seeds' other names answer as the first ones",
        arguments: [("foodCookings", "orderManages"), ("shopPages", "orderDtls")])
    func aliases(_ alias: String, _ original: String) async throws {
        let bench = try await StoreBench()
        try await bench.receive()
        for path in ["", "/1", "/search/findByOrderId?orderId=a123", "/99"] {
            let (one, other) = (try await bench.get("/\(alias)\(path)"), try await bench.get("/\(original)\(path)"))
            #expect(one.status == other.status)
            #expect(one["_embedded"] == other["_embedded"])
            #expect(one["orderId"] == other["orderId"])
        }
        if alias == "foodCookings" {
            #expect(try await bench.put("/foodCookings/1/accept", #"{"cookMinutes":5}"#).status == 200)
        }
    }

    @Test("Lists come in pages and in the order that was asked for", arguments: ["orderManages", "orderDtls"])
    func pages(_ plural: String) async throws {
        let bench = try await StoreBench()
        for id in ["b", "c", "a"] { try await bench.receive(details(id)) }
        let page = try await bench.get("/\(plural)?sort=orderId,desc&size=2")
        #expect(page.embedded(plural).map { $0["orderId"] } == ["c", "b"])
        #expect(page["page"]?["totalPages"] == 2)
        #expect(try await bench.get("/\(plural)?sort=custTel").status == 400)
    }
}
