import Contracts
import Events
import ServiceTestSupport
import Testing

@testable import StoreService

@Suite("A customer asks the store to cancel")
struct CancellationTests {
    private static let request = OrderCancelRequested(orderId: "a123", reason: "마음이 바뀌었습니다.")

    private func harness(_ moves: [String], until limit: String = "cooking") async throws -> StoreHarness {
        let harness = try await StoreHarness(["CANCEL_UNTIL": limit])
        try await harness.receive()
        for move in moves { #expect(try await harness.move(move).status == 200) }
        return harness
    }

    @Test(
        "In time the order is canceled, once: the stock goes back, and the owner has no more to do",
        arguments: [([], "cooking"), (["accept"], "cooking"), ([], "acceptance")])
    func inTime(moves: [String], limit: String) async throws {
        let harness = try await harness(moves, until: limit)
        let before = try await harness.told().count
        for id in ["first", "again"] { try await harness.deliver(Self.request, id: id) }
        #expect(Array(try await harness.told().dropFirst(before)) == ["OrderCanceled", "StockIncreased"])
        let order = try await harness.get("/orderManages/1")
        #expect(order["status"] == "orderCxl")
        #expect(order["reason"]?.text == Self.request.reason)
        #expect(order.links == ["self", "orderManage"])
        #expect(try await harness.stock() == [100_000, 100_000, 100_000, 100_000])
        #expect(try await harness.wrongBooks() == 0)
        #expect(try await harness.rows("deadlines") == 0)
        #expect(try await harness.move("startCooking").status == 409)
        #expect(try await harness.move("accept").status == 409)
    }

    @Test(
        "Too late it is refused, with the reason, and the order goes on",
        arguments: [
            (["accept", "startCooking"], "cooking", "조리 시작 이후에는 주문취소가 불가능합니다."),
            (["accept", "startCooking", "finishCooking"], "cooking", "조리 시작 이후에는 주문취소가 불가능합니다."),
            (["accept"], "acceptance", "주문 승인이후에는 주문취소가 불가능합니다."),
        ])
    func tooLate(moves: [String], limit: String, reason: String) async throws {
        let harness = try await harness(moves, until: limit)
        let before = try await harness.get("/orderManages/1")
        try await harness.deliver(Self.request)
        let refused: OrderCancelRefused = try #require(try await harness.published().last).decode()
        #expect(refused == OrderCancelRefused(orderId: "a123", reason: reason))
        #expect(try await harness.get("/orderManages/1")["status"] == before["status"])
        #expect(try await harness.stock() == [99_999, 99_998, 100_000, 100_000])
    }

    @Test("An order that the store has turned away is not canceled as well")
    func rejected() async throws {
        let harness = try await harness(["reject"])
        let told = try await harness.told()
        try await harness.deliver(Self.request)
        #expect(try await harness.told() == told)
        #expect(try await harness.stock() == [100_000, 100_000, 100_000, 100_000])
    }

    @Test("A request that is faster than the order waits for it")
    func early() async throws {
        let harness = try await StoreHarness()
        try await harness.deliver(Self.request)
        #expect(try await harness.waiting() == 1)
        try await harness.receive()
        #expect(try await harness.get("/orderManages/1")["status"] == "orderCxl")
        #expect(try await harness.waiting() == 0)
    }

    @Test("The owner's view shows it")
    func view() async throws {
        let harness = try await harness([])
        try await harness.deliver(OrderCanceled(orderId: "a123", reason: "r"))
        #expect(try await harness.get("/orderDtls/1")["status"] == "orderCxl")
    }
}
