import Contracts
import Events
import Messaging
import Persistence
import ServiceTestSupport
import Testing

@testable import StoreService

@Suite("Receiving a paid order")
struct ReceiveOrderTests {
    @Test("It stands on the counter as the transcript shows, with the stock taken")
    func received() async throws {
        let harness = try await StoreHarness()
        let order = try await harness.receive()
        var members = order.json.names
        members.remove("_links")
        #expect(members == ["orderId", "custId", "custAddr", "custTel", "orderInfo", "totPrice", "status"])
        #expect(order["status"] == "orderCmplt")
        #expect(order["orderInfo"] == "김치찌개:1,제육볶음:2")
        #expect(try await harness.stock() == [99_999, 99_998, 100_000, 100_000])
        #expect(try await harness.told() == ["StockDecreased"])
        #expect(try await harness.wrongBooks() == 0)
    }

    @Test("The others learn what is left of each dish")
    func newStock() async throws {
        let harness = try await StoreHarness()
        try await harness.receive()
        let event = try #require(try await harness.published("StockDecreased").first)
        #expect(
            try event.decode()
                == StockDecreased(
                    orderId: "a123", storeId: 1,
                    items: [
                        StockLevel(menuItemId: 1, name: "김치찌개", price: 6000, stock: 99_999, version: 2),
                        StockLevel(menuItemId: 2, name: "제육볶음", price: 6000, stock: 99_998, version: 2),
                    ]))
        #expect(event.key == "a123")
    }

    @Test("However often the news come, the stock is taken once")
    func once() async throws {
        let harness = try await StoreHarness()
        let record = try harness.record(PaymentApproved(details(), payId: 1))
        try await harness.deliver([record, record])
        try await harness.deliver([record])
        let outcome = try await harness.deliver(PaymentApproved(details(), payId: 1), id: "another")
        #expect(outcome.retry.isEmpty)
        #expect(try await harness.stock() == [99_999, 99_998, 100_000, 100_000])
        #expect(try await harness.rows("order_manages") == 1)
        #expect(try await harness.told() == ["StockDecreased"])
    }

    @Test("An order that was received and cooked is not taken up again")
    func late() async throws {
        let harness = try await StoreHarness()
        try await harness.receive()
        for move in ["accept", "startCooking", "finishCooking"] { _ = try await harness.move(move) }
        try await harness.receive(id: "late")
        #expect(try await harness.get("/orderManages/1")["status"] == "cookCmplt")
        #expect(try await harness.rows("deadlines") == 0)
    }

    @Test("Without stock of one dish the order is rejected and nothing at all is taken")
    func short() async throws {
        let harness = try await StoreHarness()
        try await harness.setStock(2, 1)
        let order = try await harness.receive()
        #expect(order["status"] == "orderReject")
        #expect(order["reason"]?.text?.isEmpty == false)
        #expect(order.links == ["self", "orderManage"])
        #expect(try await harness.stock() == [100_000, 1, 100_000, 100_000])
        #expect(try await harness.told() == ["OrderRejected"])
        let event: OrderRejected = try #require(try await harness.published("OrderRejected").first).decode()
        #expect(event.orderId == "a123")
        #expect(event.reason == order["reason"]?.text)
        #expect(try await harness.rows("deadlines") == 0)
        #expect(try await harness.wrongBooks() == 0)
    }

    @Test("The last portion can be sold, and only once")
    func lastPortion() async throws {
        let harness = try await StoreHarness()
        try await harness.setStock(1, 1)
        #expect(try await harness.receive(details("a", "김치찌개:1"))["status"] == "orderCmplt")
        #expect(try await harness.receive(details("b", "김치찌개:1"))["status"] == "orderReject")
        #expect(try await harness.stock().first == 0)
    }

    @Test("A dish that the store does not have means rejection")
    func unknownDish() async throws {
        let harness = try await StoreHarness()
        #expect(try await harness.receive(details("a", "김치찌개:1,피자:1"))["status"] == "orderReject")
        #expect(try await harness.stock().first == 100_000)
    }

    @Test("A closed store rejects, an opened one takes orders again")
    func closed() async throws {
        let harness = try await StoreHarness()
        #expect(try await harness.patch("/stores/1", #"{"open":false}"#)["open"] == false)
        #expect(try await harness.receive(details("a"))["status"] == "orderReject")
        #expect(try await harness.stock() == [100_000, 100_000, 100_000, 100_000])
        #expect(try await harness.told() == ["OrderRejected"])
        #expect(try await harness.patch("/stores/1", #"{"open":true}"#)["open"] == true)
        #expect(try await harness.receive(details("b"))["status"] == "orderCmplt")
    }

    @Test("An order for a store that does not exist is rejected")
    func unknownStore() async throws {
        let harness = try await StoreHarness()
        let order = try await harness.receive(details("a", storeId: 77))
        #expect(order["status"] == "orderReject")
        #expect(order["storeId"] == 77)
    }

    @Test(
        "A quantity that no customer can mean is rejected and takes nothing",
        arguments: [0, -1, Int.min, Int.min + 1, Int.max])
    func absurdQuantity(_ quantity: Int) async throws {
        let harness = try await StoreHarness()
        let order = try await harness.receive(details("a", "김치찌개:\(quantity)"))
        #expect(order["status"] == "orderReject")
        #expect(try await harness.stock().first == 100_000)
        #expect(try await harness.wrongBooks() == 0)
    }

    @Test("An order that names a dish twice is rejected, not lost")
    func sameDishTwice() async throws {
        let harness = try await StoreHarness()
        let order = try await harness.receive(details("a", "비빔밥:1,비빔밥:2"))
        #expect(order["status"] == "orderReject")
        #expect(try await harness.stock().last == 100_000)
        #expect(try await harness.told() == ["OrderRejected"])
    }

    @Test("What goes back is what the books say was taken")
    func givenBack() async throws {
        let harness = try await StoreHarness()
        try await harness.database.write { transaction in
            let taken = try Stock.reserve(details("a", "비빔밥:3"), in: transaction)
            let givenBack = try Stock.restore(details("a", "김치찌개:5"), in: transaction)
            #expect(taken?.map(\.stock) == [99_997])
            #expect(givenBack.items.map(\.stock) == [100_000])
        }
        #expect(try await harness.stock() == [100_000, 100_000, 100_000, 100_000])
        #expect(try await harness.wrongBooks() == 0)
    }

    @Test("An event that lacks members goes to the dead letters, and the next one is handled")
    func unreadable() async throws {
        let harness = try await StoreHarness()
        var broken = try harness.record(PaymentApproved(details("a"), payId: 1))
        broken.payload = broken.payload.map { $0.prefix(20) }
        let outcome = try await harness.deliver([broken, harness.record(PaymentApproved(details("b"), payId: 2))])
        #expect(outcome.retry.isEmpty)
        #expect(try await harness.published("DeadLetter").map(\.topic) == ["error.fooddelivery.store"])
        #expect(try await harness.get("/orderManages/search/findByOrderId?orderId=b").status == 200)
    }
}

@Suite("The demo catalog")
struct DemoCatalogTests {
    @Test("It is entered once, and announced, again with every start")
    func once() async throws {
        let harness = try await StoreHarness()
        let again = try await StoreHarness(clock: harness.clock, database: harness.database)
        #expect(try await again.rows("stores") == demoStores)
        let all = try await again.get("/menuItems").embedded("menuItems")
        #expect(all.count == demoDishes)
        let dishes = all.filter { $0["storeId"] == 1 }
        #expect(Array(all.prefix(4)) == dishes, "their ids stay")
        #expect(dishes.map { $0["name"] } == ["김치찌개", "제육볶음", "된장찌개", "비빔밥"])
        #expect(dishes.map { $0["price"] } == [6000, 6000, 5500, 7000])
        #expect(all.allSatisfy { $0["stock"] == 100_000 && $0["soldOut"] == false })
        #expect(try await again.published().map(\.type) == Array(repeating: "MenuItemChanged", count: 2 * demoDishes))
        #expect(Set(try await again.published().map(\.key)) == ["store-1", "store-2", "store-3"])
        #expect(try await harness.wrongBooks() == 0)
    }

    @Test("It can be left out")
    func none() async throws {
        let harness = try await StoreHarness(["DEMO_CATALOG": "false"])
        #expect(try await harness.rows("stores") == 0)
        #expect(try await harness.published().isEmpty)
    }
}
