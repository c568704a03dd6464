import Contracts
import Events
import Messaging
import Persistence
import ServiceTestSupport
import Testing

@testable import OrderService

@Suite("What customers see of their orders")
struct OrderViewTests {
    static func accepted(_ orderId: String = "a123") -> OrderAccepted {
        OrderAccepted(orderId: orderId, storeId: 1, cmpltTime: "2026-11-21T11:00:00Z", storeLat: 37, storeLon: 127)
    }

    private func info(_ bench: OrderBench, _ orderId: String = "a123") async throws -> Answer {
        try await bench.get("/orderInfos/search/findByOrderId?orderId=\(orderId)")
    }

    @Test("The order appears with the payment, and shows each step that follows")
    func steps() async throws {
        let bench = try await OrderBench.open()
        #expect(try await info(bench).status == 404)
        try await bench.deliver(PaymentApproved(seedDetails, payId: 1))
        #expect(try await info(bench)["status"] == "orderCmplt")
        try await bench.deliver(Self.accepted())
        #expect(try await info(bench)["status"] == "orderAccept")
        #expect(try await info(bench)["cmpltTime"] == "2026-11-21T11:00:00Z")
        try await bench.deliver(CookStarted(orderId: "a123"))
        #expect(try await info(bench)["status"] == "cookStart")
        try await bench.deliver(CookFinished(orderId: "a123"))
        #expect(try await info(bench)["status"] == "cookCmplt")
        #expect(try await bench.get("/orders/1")["status"] == "cookCmplt", "the order itself went the same way")
        #expect(try await bench.get("/orders/1")["cmpltTime"] == "2026-11-21T11:00:00Z")
    }

    @Test("A rejected order shows why, and then that the money is back")
    func rejected() async throws {
        let bench = try await OrderBench.open()
        try await bench.deliver(PaymentApproved(seedDetails, payId: 1))
        try await bench.deliver(OrderRejected(orderId: "a123", reason: "재료 소진"))
        #expect(try await info(bench)["status"] == "orderReject")
        try await bench.deliver(PaymentCanceled(orderId: "a123", payId: 1, amount: 18_000, reason: "재료 소진"))
        let answer = try await info(bench)
        #expect(answer["status"] == "payCxl")
        #expect(answer["reason"] == "재료 소진")
        #expect(try await bench.get("/orders/1")["status"] == "payCxl")
        #expect(try await bench.get("/orders/1")["reason"] == "재료 소진")
    }

    @Test("Late and repeated events change nothing")
    func late() async throws {
        let bench = try await OrderBench.open()
        try await bench.deliver(PaymentApproved(seedDetails, payId: 1))
        try await bench.deliver(Self.accepted())
        try await bench.deliver(CookStarted(orderId: "a123"), id: "cook")
        let (view, order) = (try await info(bench).json, try await bench.get("/orders/1"))
        let late = [
            try bench.record(PaymentApproved(seedDetails, payId: 1)), try bench.record(Self.accepted()),
            try bench.record(CookStarted(orderId: "a123"), id: "cook"), try bench.record(CookStarted(orderId: "a123")),
        ]
        for record in late {
            try await bench.deliver([record])
            #expect(try await info(bench).json == view)
        }
        let after = try await bench.get("/orders/1")
        #expect(after.json == order.json)
        #expect(after.header("ETag") == order.header("ETag"))
        #expect(try await bench.placed().count == 1)
    }

    @Test("Events of an order that nobody paid for are not shown")
    func unknown() async throws {
        let bench = try await OrderBench.open()
        let outcome = try await bench.deliver(Self.accepted("nobody"))
        #expect(outcome.retry.isEmpty)
        #expect(try await info(bench, "nobody").status == 404)
        #expect(try await bench.published().isEmpty, "not even a dead letter")
    }

    /// Every order of the stories, with duplicates and news that is too late mixed in.
    private func story(_ bench: OrderBench) throws -> [EventRecord] {
        let paid = try ["a", "b", "c"].map { try bench.record(PaymentApproved(details($0), payId: 1)) }
        let rest = [
            try bench.record(Self.accepted("a")), try bench.record(CookStarted(orderId: "a")),
            try bench.record(Self.accepted("a")), try bench.record(OrderRejected(orderId: "b", reason: "없음")),
            try bench.record(PaymentCanceled(orderId: "b", payId: 2, amount: 1, reason: "없음")),
            try bench.record(OrderRejected(orderId: "b", reason: "또 없음")), try bench.record(CookFinished(orderId: "a")),
        ]
        return paid + rest + paid
    }

    @Test("The view rebuilt from the events is the same, whatever the batches were")
    func rebuilt() async throws {
        let bench = try await OrderBench.open()
        let records = try story(bench)
        for record in records { try await bench.deliver([record]) }
        let before = try await bench.get("/orderInfos").json
        try await OrderInfos.view.rebuild(in: bench.database)
        #expect(try await bench.get("/orderInfos").embedded("orderInfos").isEmpty)
        try await bench.deliver(records)
        #expect(try await bench.get("/orderInfos").json == before)
        #expect(try await bench.placed().count == 3, "only the view was rebuilt")
    }
}

@Suite("The menu as customers see it")
struct MenuViewTests {
    private func menus(_ bench: OrderBench) async throws -> [JSON] { try await bench.get("/menus").embedded("menus") }

    @Test("It lists what the stores announced")
    func announced() async throws {
        let bench = try await OrderBench.open()
        let menus = try await menus(bench)
        #expect(menus.map { $0["name"] } == ["김치찌개", "제육볶음", "된장찌개", "비빔밥"])
        #expect(menus.map { $0["price"] } == [6000, 6000, 5500, 7000])
        #expect(menus.allSatisfy { $0["storeId"] == 1 && $0["stock"] == 100_000 })
    }

    @Test("A change is taken over, an older or repeated one is not")
    func changed() async throws {
        let bench = try await OrderBench.open()
        try await bench.announce(id: 1, "김치찌개", price: 6500, stock: 7, version: 3)
        try await bench.announce(id: 1, "김치찌개", price: 1, stock: 1, version: 2)
        try await bench.announce(id: 1, "김치찌개", price: 2, stock: 2, version: 3)
        let dish = try await menus(bench).first
        #expect(dish?["price"] == 6500)
        #expect(dish?["stock"] == 7)
    }

    @Test("Stock that was sold or given back is shown, in whatever order the news come")
    func stock() async throws {
        let bench = try await OrderBench.open()
        func level(_ stock: Int, _ version: Int) -> [StockLevel] {
            [StockLevel(menuItemId: 1, name: "김치찌개", price: 6000, stock: stock, version: version)]
        }
        try await bench.deliver(StockDecreased(orderId: "a", storeId: 1, items: level(99_998, 3)))
        try await bench.deliver(StockDecreased(orderId: "b", storeId: 1, items: level(99_999, 2)))
        #expect(try await menus(bench).first?["stock"] == 99_998)
        try await bench.deliver(StockIncreased(orderId: "a", storeId: 1, items: level(99_999, 4)))
        #expect(try await menus(bench).first?["stock"] == 99_999)
    }

    @Test("A dish may be announced by its first sale")
    func sale() async throws {
        let bench = try await OrderBench.open()
        let item = StockLevel(menuItemId: 8, name: "냉면", price: 9000, stock: 3, version: 2)
        try await bench.deliver(StockDecreased(orderId: "a", storeId: 1, items: [item]))
        #expect(try await menus(bench).last?["name"] == "냉면")
    }
}
