import Contracts
import Foundation
import Messaging
import Persistence
import ServiceKit
import ServiceTestSupport
import Telemetry
import Testing

@testable import StoreService

@Suite("The owner's dishes")
struct MenuItemTests {
    private let noodles = #"{"name":"냉면","price":"9000","stock":50}"#

    @Test("A new dish is answered with its place, and announced")
    func added() async throws {
        let harness = try await StoreHarness()
        let answer = try await harness.post("/menuItems", noodles)
        #expect(answer.status == 201)
        #expect(answer.header("Location") == "http://localhost/menuItems/\(demoDishes + 1)")
        #expect(answer["name"] == "냉면")
        #expect(answer["stock"] == 50)
        #expect(answer["_links"]?["store"]?["href"] == "http://localhost/stores/1")
        let event: MenuItemChanged = try #require(try await harness.published().last).decode()
        let level = StockLevel(menuItemId: demoDishes + 1, name: "냉면", price: 9000, stock: 50, version: 1)
        #expect(event == MenuItemChanged(storeId: 1, item: level))
        #expect(try await harness.wrongBooks() == 0)
    }

    @Test("The same request with the same key adds one dish and answers the same")
    func repeated() async throws {
        let harness = try await StoreHarness()
        let key = [("Idempotency-Key", "k1")]
        let first = try await harness.post("/menuItems", noodles, headers: key)
        let second = try await harness.post("/menuItems", noodles, headers: key)
        #expect(second.status == 201)
        #expect(second.body == first.body)
        for name in ["Location", "ETag", "Content-Type"] { #expect(second.header(name) == first.header(name)) }
        #expect(try await harness.rows("menu_items") == demoDishes + 1)
        #expect(try await harness.published().count == demoDishes + 1)
    }

    @Test("A key is forgotten after the retention time, not before")
    func forgotten() async throws {
        let harness = try await StoreHarness()
        _ = try await harness.post("/menuItems", noodles, headers: [("Idempotency-Key", "old")])
        harness.clock.advance(milliseconds: 100_001)
        let young = noodles.replacing("냉면", with: "비빔국수")
        _ = try await harness.post("/menuItems", young, headers: [("Idempotency-Key", "young")])
        try await harness.purge(olderThan: .seconds(100))
        #expect(try await harness.rows("idempotency_keys") == 1)
        #expect(try await harness.post("/menuItems", young, headers: [("Idempotency-Key", "young")]).status == 201)
        #expect(try await harness.post("/menuItems", noodles, headers: [("Idempotency-Key", "old")]).status == 409)
    }

    @Test("Another request with a used key is refused, and the key of a refused request stays free")
    func keyReused() async throws {
        let harness = try await StoreHarness()
        let key = [("Idempotency-Key", "k1")]
        let taken = #"{"name":"비빔밥","price":1}"#
        #expect(try await harness.post("/menuItems", taken, headers: key).status == 409)
        #expect(try await harness.post("/menuItems", noodles, headers: key).status == 201)
        #expect(try await harness.post("/menuItems", taken, headers: key).status == 422)
    }

    @Test("A store has one dish of a name, another store may have it too")
    func duplicate() async throws {
        let harness = try await StoreHarness()
        _ = try await harness.post("/menuItems", noodles)
        #expect(try await harness.post("/menuItems", noodles).status == 409)
        #expect(try await harness.rows("menu_items") == demoDishes + 1)
        let inPieces = #"{"name":"\#("냉면".decomposedStringWithCanonicalMapping)","price":1}"#
        #expect(try await harness.post("/menuItems", inPieces).status == 409, "it looks the same")
        let other = try await harness.post("/menuItems", #"{"name":"냉면","price":1,"storeId":2}"#)
        #expect(other.status == 201)
        #expect(try await harness.post("/menuItems", #"{"name":"냉면","price":1,"storeId":99}"#).status == 404)
    }

    @Test(
        "Each wrong member is named",
        arguments: [
            ("{}", ["name", "price"]), (#"{"name":"","price":1}"#, ["name"]), (#"{"name":"a,b","price":1}"#, ["name"]),
            (#"{"name":" a","price":1}"#, ["name"]), (#"{"name":"a\nb","price":1}"#, ["name"]),
            (#"{"name":"a\u0000b","price":1}"#, ["name"]), (#"{"name":"a\u001bb","price":1}"#, ["name"]),
            (#"{"name":"a","price":-1}"#, ["price"]), (#"{"name":"a","price":10000001}"#, ["price"]),
            (#"{"name":"a","price":1,"stock":-1}"#, ["stock"]),
            (#"{"name":"a","price":1,"stock":9223372036854775807}"#, ["stock"]),
        ])
    func wrong(_ body: String, _ fields: [String]) async throws {
        let harness = try await StoreHarness()
        let answer = try await harness.post("/menuItems", body)
        #expect(answer.status == 422)
        #expect(answer.wrongFields == fields)
        #expect(try await harness.rows("menu_items") == demoDishes)
    }

    @Test("A change keeps what it leaves out, enters the difference, and is announced")
    func changed() async throws {
        let harness = try await StoreHarness()
        let price = try await harness.patch("/menuItems/1", #"{"price":6500}"#)
        #expect(price["price"] == 6500)
        #expect(price["stock"] == 100_000)
        let stock = try await harness.patch("/menuItems/1", #"{"stock":10}"#)
        #expect(stock["price"] == 6500)
        #expect(stock["stock"] == 10)
        let event: MenuItemChanged = try #require(try await harness.published().last).decode()
        #expect(event.item == StockLevel(menuItemId: 1, name: "김치찌개", price: 6500, stock: 10, version: 3))
        #expect(try await harness.wrongBooks() == 0)
    }

    @Test("A dish that is sold out is announced as such, and an order for it is rejected whatever the stock")
    func soldOut() async throws {
        let harness = try await StoreHarness()
        try await harness.receive(details("before"))
        #expect(try await harness.get("/menuItems/1")["soldOut"] == false)
        let answer = try await harness.patch("/menuItems/1", #"{"soldOut":true}"#)
        #expect(answer["soldOut"] == true)
        #expect(answer["stock"] == 99_999)
        let announced: MenuItemChanged = try #require(try await harness.published().last).decode()
        #expect(announced.item.soldOut == true)
        #expect(try await harness.receive(details("late"))["status"] == "orderReject")
        #expect(try await harness.stock() == [99_999, 99_998, 100_000, 100_000])
        _ = try await harness.move("reject")
        let back: StockIncreased = try #require(try await harness.published().last).decode()
        #expect(back.items.map(\.soldOut) == [true, nil], "the stock goes back all the same")
        _ = try await harness.patch("/menuItems/1", #"{"soldOut":false}"#)
        let again: MenuItemChanged = try #require(try await harness.published().last).decode()
        #expect(again.item.soldOut == nil)
        #expect(try await harness.receive(details("after"))["status"] == "orderCmplt")
        #expect(try await harness.wrongBooks() == 0)
    }

    @Test("A store links to its own dishes")
    func ofStore() async throws {
        let harness = try await StoreHarness()
        let link = try #require(try await harness.get("/stores/2")["_links"]?["menuItems"]?["href"]?.text)
        #expect(link == "http://localhost/menuItems/search/findByStoreId?storeId=2")
        let dishes = try await harness.get(link.replacing("http://localhost", with: "")).embedded("menuItems")
        #expect(dishes.map { $0["name"] } == ["잔치국수", "비빔국수", "김치만두"])
        #expect(try await harness.get("/menuItems/search/findByStoreId?storeId=99").embedded("menuItems").isEmpty)
    }

    @Test("A new dish may begin sold out")
    func newSoldOut() async throws {
        let harness = try await StoreHarness()
        let answer = try await harness.post("/menuItems", noodles.replacing("}", with: #","soldOut":true}"#))
        #expect(answer["soldOut"] == true)
        let event: MenuItemChanged = try #require(try await harness.published().last).decode()
        #expect(event.item.soldOut == true)
    }

    @Test(
        "A change that cannot be is refused",
        arguments: [
            ("{}", ["stock"]), (#"{"name":"x","price":1}"#, ["name"]), (#"{"price":-1}"#, ["price"]),
            (#"{"soldOut":"perhaps"}"#, ["soldOut"]),
        ])
    func wrongChange(_ body: String, _ fields: [String]) async throws {
        let harness = try await StoreHarness()
        let answer = try await harness.patch("/menuItems/1", body)
        #expect(answer.status == 422)
        #expect(answer.wrongFields == fields)
        #expect(try await harness.published().count == demoDishes)
    }

    @Test("A change of another version than the present is refused")
    func stale() async throws {
        let harness = try await StoreHarness()
        let tag = try #require(try await harness.get("/menuItems/1").header("ETag"))
        try await harness.receive(details("a", "김치찌개:1"))
        #expect(try await harness.patch("/menuItems/1", #"{"stock":5}"#, headers: [("If-Match", tag)]).status == 412)
        #expect(try await harness.stock().first == 99_999)
        #expect(try await harness.patch("/menuItems/99", #"{"stock":5}"#).status == 404)
    }

    @Test("A change of a store for another version is refused")
    func staleStore() async throws {
        let harness = try await StoreHarness()
        #expect(
            try await harness.patch("/stores/1", #"{"open":false}"#, headers: [("If-Match", #""9""#)]).status == 412)
        #expect(try await harness.get("/stores/1")["open"] == true)
        #expect(try await harness.patch("/stores/9", #"{"open":false}"#).status == 404)
        let missing = try await harness.patch("/stores/1", "{}")
        #expect(missing.wrongFields == ["open"])
    }

    @Test("Whatever happens in whatever order, stock = entered − sold + restored", arguments: [1, 2, 3] as [UInt64])
    func books(_ seed: UInt64) async throws {
        let harness = try await StoreHarness()
        var generator = SplitMix(seed: seed)
        for dish in 1...4 { try await harness.setStock(dish, 20) }
        for number in 1...150 {
            let order = Int.random(in: 1...40, using: &generator)
            switch Int.random(in: 0..<10, using: &generator) {
            case 0...4:
                let first = Int.random(in: 1...6, using: &generator)
                try await harness.receive(details("o\(order)", "김치찌개:\(first),비빔밥:\(7 - first)"), id: "e\(number % 60)")
            case 5: try await harness.setStock(Int.random(in: 1...4, using: &generator), number % 40)
            case 6: harness.clock.advance(seconds: 60)
            case 7: try await harness.runDeadlines()
            default:
                let move = ["accept", "reject", "startCooking"].randomElement(using: &generator) ?? "accept"
                _ = try await harness.move(move, Int.random(in: 1...20, using: &generator))
            }
            #expect(try await harness.wrongBooks() == 0)
        }
        #expect(try await harness.number("SELECT count(*) FROM stock_entries WHERE kind = 'restored'") > 0)
        #expect(
            try await harness.number("SELECT count(*) FROM order_manages WHERE status = 'orderReject'") > 0)
        let open = try await harness.number(
            "SELECT count(*) FROM stock_entries s WHERE kind = 'restored' AND quantity <> "
                + "(SELECT quantity FROM stock_entries t WHERE t.order_id = s.order_id "
                + "AND t.menu_item_id = s.menu_item_id AND kind = 'sold')")
        #expect(open == 0, "what went back is what was sold")
        #expect(try await harness.published("DeadLetter").isEmpty)
    }
}
