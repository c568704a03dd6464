import Contracts
import FreshDatabase
import Persistence
import ServiceTestSupport
import Testing

@testable import StoreService

@Suite("A kitchen with a limit")
struct KitchenTests {
    private func harness(capacity: Int) async throws -> StoreHarness {
        let harness = try await StoreHarness()
        let answer = try await harness.patch("/stores/1", #"{"kitchenCapacity":\#(capacity)}"#)
        #expect(answer["kitchenCapacity"]?.int == capacity)
        return harness
    }

    @Test("When it is full a paid order is rejected, and nothing is taken for it")
    func full() async throws {
        let harness = try await harness(capacity: 2)
        for id in ["a", "b"] { #expect(try await harness.receive(details(id, "비빔밥:1"))["status"] == "orderCmplt") }
        let order = try await harness.receive(details("c", "비빔밥:1"))
        #expect(order["status"] == "orderReject")
        #expect(order["reason"] == "주방이 가득 찼습니다.")
        #expect(try await harness.stock().last == 99_998)
        let event: OrderRejected = try #require(try await harness.published("OrderRejected").first).decode()
        #expect(event.reason == order["reason"]?.text)
        #expect(try await harness.rows("deadlines") == 2)
    }

    @Test(
        "An order that is cooked, or will not be, makes room; one that is cooking does not",
        arguments: [
            (["accept", "startCooking", "finishCooking"], true), (["reject"], true), ([], false), (["accept"], false),
            (["accept", "startCooking"], false),
        ])
    func room(moves: [String], isRoom: Bool) async throws {
        let harness = try await harness(capacity: 1)
        try await harness.receive(details("a"))
        for move in moves { #expect(try await harness.move(move).status == 200) }
        #expect(try await harness.receive(details("b"))["status"] == (isRoom ? "orderCmplt" : "orderReject"))
    }

    @Test("Every store has its own")
    func others() async throws {
        let harness = try await harness(capacity: 1)
        try await harness.receive(details("a", "잔치국수:1", storeId: 2))
        try await harness.receive(details("b", "잔치국수:1", storeId: 2))
        #expect(try await harness.receive(details("c"))["status"] == "orderCmplt")
        #expect(try await harness.receive(details("d", "잔치국수:1", storeId: 2))["status"] == "orderCmplt")
    }

    @Test("0 lifts the limit, and other changes keep it")
    func lifted() async throws {
        let harness = try await harness(capacity: 1)
        #expect(try await harness.patch("/stores/1", #"{"open":true}"#)["kitchenCapacity"] == 1)
        try await harness.receive(details("a"))
        #expect(try await harness.patch("/stores/1", #"{"kitchenCapacity":"0"}"#)["kitchenCapacity"] == nil)
        #expect(try await harness.receive(details("b"))["status"] == "orderCmplt")
    }

    @Test("A new store may have one")
    func added() async throws {
        let harness = try await StoreHarness()
        let store = #"{"name":"2호점","address":"불정로 90","lat":37.36,"lon":127.1,"kitchenCapacity":3}"#
        #expect(try await harness.post("/stores", store)["kitchenCapacity"] == 3)
        #expect(try await harness.get("/stores/4")["kitchenCapacity"] == 3)
    }

    @Test("Orders are counted by an index, however many there were", .enabled(if: FreshDatabase.isSQLite))
    func index() async throws {
        let harness = try await StoreHarness()
        let plan = try await harness.database.read { connection in
            try connection.query("EXPLAIN QUERY PLAN \(Kitchen.count)", [.integer(1), .integer(5)]) { try $0.text(3) }
        }
        #expect(plan.contains { $0.contains("order_manages_open (store_id=?)") }, "\(plan)")
    }
}
