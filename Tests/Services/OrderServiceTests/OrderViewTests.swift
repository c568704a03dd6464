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

    private func info(_ harness: OrderHarness, _ orderId: String = "a123") async throws -> Answer {
        try await harness.get("/orderInfos/search/findByOrderId?orderId=\(orderId)")
    }

    @Test("The order appears with the payment, and shows each step that follows")
    func steps() async throws {
        let harness = try await OrderHarness.open()
        #expect(try await info(harness).status == 404)
        try await harness.deliver(PaymentApproved(transcriptDetails, payId: 1))
        #expect(try await info(harness)["status"] == "orderCmplt")
        try await harness.deliver(Self.accepted())
        #expect(try await info(harness)["status"] == "orderAccept")
        #expect(try await info(harness)["cmpltTime"] == "2026-11-21T11:00:00Z")
        try await harness.deliver(CookStarted(orderId: "a123"))
        #expect(try await info(harness)["status"] == "cookStart")
        try await harness.deliver(CookFinished(orderId: "a123"))
        #expect(try await info(harness)["status"] == "cookCmplt")
        #expect(try await harness.get("/orders/1")["status"] == "cookCmplt", "the order itself went the same way")
    }

    @Test("The view shows when the food will be ready, as the owner said last")
    func delayed() async throws {
        let harness = try await OrderHarness.open()
        let (later, sooner) = ("2026-11-21T11:30:00Z", "2026-11-21T10:50:00Z")
        try await harness.deliver(PaymentApproved(transcriptDetails, payId: 1))
        try await harness.deliver(Self.accepted())
        try await harness.deliver(CookDelayed(orderId: "a123", cmpltTime: later, version: 3), id: "first")
        #expect(try await info(harness)["cmpltTime"]?.text == later)
        #expect(try await info(harness)["status"] == "orderAccept")
        try await harness.deliver(CookStarted(orderId: "a123"))
        try await harness.deliver(CookDelayed(orderId: "a123", cmpltTime: sooner, version: 5))
        #expect(try await info(harness)["cmpltTime"]?.text == sooner)
        #expect(try await info(harness)["status"] == "cookStart")
        try await harness.deliver(CookDelayed(orderId: "a123", cmpltTime: later, version: 3), id: "first, again")
        try await harness.deliver(Self.accepted())
        #expect(try await info(harness)["cmpltTime"]?.text == sooner, "old news")
    }

    @Test("Delays that come before everything else wait, and the last one counts")
    func earlyDelays() async throws {
        let harness = try await OrderHarness.open()
        try await harness.deliver(CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T10:50:00Z", version: 5))
        try await harness.deliver(CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T11:30:00Z", version: 3))
        #expect(try await harness.waiting() == 2)
        for event in [PaymentApproved(transcriptDetails, payId: 1), Self.accepted()] as [any Event] {
            try await harness.deliver([harness.record(event)])
            #expect(try await info(harness)["cmpltTime"]?.text == "2026-11-21T10:50:00Z")
        }
        #expect(try await harness.waiting() == 0)
    }

    @Test("A rejected order shows why, and then that the money is back")
    func rejected() async throws {
        let harness = try await OrderHarness.open()
        try await harness.deliver(PaymentApproved(transcriptDetails, payId: 1))
        try await harness.deliver(OrderRejected(orderId: "a123", reason: "재료 소진"))
        #expect(try await info(harness)["status"] == "orderReject")
        try await harness.deliver(PaymentCanceled(orderId: "a123", payId: 1, amount: 18_000, reason: "재료 소진"))
        let answer = try await info(harness)
        #expect(answer["status"] == "payCxl")
        #expect(answer["reason"] == "재료 소진")
        #expect(try await harness.get("/orders/1")["status"] == "payCxl")
        #expect(try await harness.get("/orders/1")["reason"] == "재료 소진")
    }

    @Test("Late and repeated events change nothing")
    func late() async throws {
        let harness = try await OrderHarness.open()
        try await harness.deliver(PaymentApproved(transcriptDetails, payId: 1))
        try await harness.deliver(Self.accepted())
        try await harness.deliver(CookStarted(orderId: "a123"), id: "cook")
        let (view, order) = (try await info(harness).json, try await harness.get("/orders/1"))
        let late = [
            try harness.record(PaymentApproved(transcriptDetails, payId: 1)), try harness.record(Self.accepted()),
            try harness.record(CookStarted(orderId: "a123"), id: "cook"),
            try harness.record(CookStarted(orderId: "a123")),
        ]
        for record in late {
            try await harness.deliver([record])
            #expect(try await info(harness).json == view)
        }
        let after = try await harness.get("/orders/1")
        #expect(after.json == order.json)
        #expect(after.header("ETag") == order.header("ETag"))
        #expect(try await harness.placed().count == 1)
    }

    @Test("Events of an order that nobody paid for are not shown")
    func unknown() async throws {
        let harness = try await OrderHarness.open()
        let outcome = try await harness.deliver(Self.accepted("nobody"))
        #expect(outcome.retry.isEmpty)
        #expect(try await info(harness, "nobody").status == 404)
        #expect(try await harness.published().isEmpty, "not even a dead letter")
    }

    /// Every order of the stories, with duplicates and news that is too late mixed in.
    private func story(_ harness: OrderHarness) throws -> [EventRecord] {
        let paid = try ["a", "b", "c"].map { try harness.record(PaymentApproved(details($0), payId: 1)) }
        let rest = [
            try harness.record(Self.accepted("a")), try harness.record(CookStarted(orderId: "a")),
            try harness.record(Self.accepted("a")), try harness.record(OrderRejected(orderId: "b", reason: "없음")),
            try harness.record(PaymentCanceled(orderId: "b", payId: 2, amount: 1, reason: "없음")),
            try harness.record(OrderRejected(orderId: "b", reason: "또 없음")),
            try harness.record(CookFinished(orderId: "a")),
        ]
        return paid + rest + paid
    }

    @Test("The view rebuilt from the events is the same, whatever the batches were")
    func rebuilt() async throws {
        let harness = try await OrderHarness.open()
        let records = try story(harness)
        for record in records { try await harness.deliver([record]) }
        let before = try await harness.get("/orderInfos").json
        try await OrderInfos.view.rebuild(in: harness.database)
        #expect(try await harness.get("/orderInfos").embedded("orderInfos").isEmpty)
        try await harness.deliver(records)
        #expect(try await harness.get("/orderInfos").json == before)
        #expect(try await harness.placed().count == 3, "only the view was rebuilt")
    }
}

@Suite("The menu as customers see it")
struct MenuViewTests {
    private func menus(_ harness: OrderHarness) async throws -> [JSON] {
        try await harness.get("/menus").embedded("menus")
    }

    @Test("It lists what the stores announced")
    func announced() async throws {
        let harness = try await OrderHarness.open()
        let menus = try await menus(harness)
        #expect(menus.map { $0["name"] } == ["김치찌개", "제육볶음", "된장찌개", "비빔밥"])
        #expect(menus.map { $0["price"] } == [6000, 6000, 5500, 7000])
        #expect(menus.allSatisfy { $0["storeId"] == 1 && $0["stock"] == 100_000 })
    }

    @Test("A change is taken over, an older or repeated one is not")
    func changed() async throws {
        let harness = try await OrderHarness.open()
        try await harness.announce(id: 1, "김치찌개", price: 6500, stock: 7, version: 3)
        try await harness.announce(id: 1, "김치찌개", price: 1, stock: 1, version: 2)
        try await harness.announce(id: 1, "김치찌개", price: 2, stock: 2, version: 3)
        let dish = try await menus(harness).first
        #expect(dish?["price"] == 6500)
        #expect(dish?["stock"] == 7)
    }

    @Test("Stock that was sold or given back is shown, in whatever order the news come")
    func stock() async throws {
        let harness = try await OrderHarness.open()
        func level(_ stock: Int, _ version: Int) -> [StockLevel] {
            [StockLevel(menuItemId: 1, name: "김치찌개", price: 6000, stock: stock, version: version)]
        }
        try await harness.deliver(StockDecreased(orderId: "a", storeId: 1, items: level(99_998, 3)))
        try await harness.deliver(StockDecreased(orderId: "b", storeId: 1, items: level(99_999, 2)))
        #expect(try await menus(harness).first?["stock"] == 99_998)
        try await harness.deliver(StockIncreased(orderId: "a", storeId: 1, items: level(99_999, 4)))
        #expect(try await menus(harness).first?["stock"] == 99_999)
    }

    @Test("A dish that is sold out is shown as such and cannot be ordered, until it can again")
    func soldOut() async throws {
        let harness = try await OrderHarness.open()
        #expect(try await menus(harness).first?["soldOut"] == false)
        try await harness.announce(id: 1, "김치찌개", price: 6000, soldOut: true, version: 2)
        #expect(try await menus(harness).first?["soldOut"] == true)
        let refused = try await harness.post("/orders", transcriptOrder)
        #expect(refused.status == 422)
        #expect(refused.wrongFields.contains("orderInfo"))
        #expect(try await harness.orderCount() == 0)
        try await harness.announce(id: 1, "김치찌개", price: 6000, version: 3)
        #expect(try await menus(harness).first?["soldOut"] == false)
        #expect(try await harness.post("/orders", transcriptOrder).status == 201)
    }

    @Test("The dishes of one store are found")
    func ofStore() async throws {
        let harness = try await OrderHarness.open()
        try await harness.announce(id: 9, "냉면", price: 9000, storeId: 2)
        let found = try await harness.get("/menus/search/findByStoreId?storeId=2").embedded("menus")
        #expect(found.map { $0["name"] } == ["냉면"])
    }

    @Test("A dish may be announced by its first sale")
    func sale() async throws {
        let harness = try await OrderHarness.open()
        let item = StockLevel(menuItemId: 8, name: "냉면", price: 9000, stock: 3, version: 2)
        try await harness.deliver(StockDecreased(orderId: "a", storeId: 1, items: [item]))
        #expect(try await menus(harness).last?["name"] == "냉면")
    }
}
