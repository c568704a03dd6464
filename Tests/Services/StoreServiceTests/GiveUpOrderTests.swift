import Contracts
import Events
import Persistence
import ServiceTestSupport
import Testing

@testable import StoreService

@Suite("Giving up an order that was accepted")
struct GiveUpOrderTests {
    private static let failure = DeliveryFailed(orderId: "a123", reason: "배달할 라이더가 없습니다.")
    private static let taken = [99_999, 99_998, 100_000, 100_000]
    private static let whole = [100_000, 100_000, 100_000, 100_000]

    /// Cooking is announced to take half an hour.
    private func harness(_ moves: [String], _ settings: [String: String] = [:]) async throws -> StoreHarness {
        let harness = try await StoreHarness(settings)
        try await harness.receive()
        for move in moves { #expect(try await harness.move(move).status == 200) }
        return harness
    }

    private func status(_ harness: StoreHarness) async throws -> String? {
        try await harness.get("/orderManages/1")["status"]?.text
    }

    @Test("What was delivered is not given up, whatever a delivery says that was restored from a backup")
    func delivered() async throws {
        let harness = try await harness(["accept", "startCooking", "finishCooking"])
        try await harness.deliver(Delivered(orderId: "a123", riderId: 7, deliveredAt: "2026-11-21T11:20:00Z"))
        try await harness.deliver(Self.failure)
        #expect(try await status(harness) == "cookCmplt")
        #expect(try await harness.published("OrderCanceled").isEmpty)
    }

    @Test(
        "Cooking that does not begin, or end, an hour after the announced time ends the order",
        arguments: [(["accept"], true), (["accept", "startCooking"], false)])
    func deadline(moves: [String], isUntouched: Bool) async throws {
        let harness = try await harness(moves)
        let before = try await harness.told().count
        harness.clock.advance(milliseconds: 90 * 60_000 - 1)
        try await harness.runDeadlines()
        #expect(try await status(harness) != "orderCxl")
        harness.clock.advance(milliseconds: 1)
        for _ in 1...2 { try await harness.runDeadlines() }
        let order = try await harness.get("/orderManages/1")
        #expect(order["status"] == "orderCxl")
        #expect(order["reason"]?.text?.contains(isUntouched ? "시작하지" : "마치지") == true)
        #expect(order.links == ["self", "orderManage"])
        let told = Array(try await harness.told().dropFirst(before))
        #expect(told == (isUntouched ? ["OrderCanceled", "StockIncreased"] : ["OrderCanceled"]))
        let event: OrderCanceled = try #require(try await harness.published("OrderCanceled").first).decode()
        #expect(event.reason == order["reason"]?.text)
        #expect(try await harness.stock() == (isUntouched ? Self.whole : Self.taken), "what was cooked is gone")
        #expect(try await harness.wrongBooks() == 0)
        #expect(try await harness.rows("deadlines") == 0)
    }

    @Test("A delay moves the end of the wait", arguments: [["accept"], ["accept", "startCooking"]])
    func delayed(moves: [String]) async throws {
        let harness = try await harness(moves + ["delay"])
        harness.clock.advance(milliseconds: 105 * 60_000 - 1)
        try await harness.runDeadlines()
        #expect(try await status(harness) != "orderCxl")
        harness.clock.advance(milliseconds: 1)
        try await harness.runDeadlines()
        #expect(try await status(harness) == "orderCxl")
    }

    @Test("How long each may take is a setting; what began ends the wait for its beginning")
    func settings() async throws {
        let settings = ["COOK_START_SECONDS": "10", "COOK_FINISH_SECONDS": "20"]
        let (waiting, cooking) = (try await harness(["accept"], settings), try await harness(["accept"], settings))
        for harness in [waiting, cooking] { harness.clock.advance(seconds: 1_800) }
        _ = try await cooking.move("startCooking")
        for harness in [waiting, cooking] {
            harness.clock.advance(seconds: 10)
            try await harness.runDeadlines()
        }
        #expect(try await status(waiting) == "orderCxl")
        #expect(try await status(cooking) == "cookStart")
        cooking.clock.advance(seconds: 10)
        try await cooking.runDeadlines()
        #expect(try await status(cooking) == "orderCxl")
    }

    @Test("Cooked orders wait as long as the delivery does")
    func cooked() async throws {
        let harness = try await harness(["accept", "startCooking", "finishCooking"])
        #expect(try await harness.rows("deadlines") == 0)
        harness.clock.advance(seconds: 1_000_000)
        try await harness.runDeadlines()
        #expect(try await status(harness) == "cookCmplt")
    }

    @Test(
        "Orders that were accepted before there were these waits get one",
        arguments: [["accept"], ["accept", "startCooking"]])
    func migrated(moves: [String]) async throws {
        let harness = try await harness(moves)
        let statement = try #require(OrderManages.migrations.last?.statements.first)
        try await harness.database.write { transaction in
            try transaction.execute("DELETE FROM deadlines")
            try transaction.execute(statement)
        }
        harness.clock.advance(seconds: 172_800)
        try await harness.runDeadlines()
        #expect(try await status(harness) != "orderCxl")
        harness.clock.advance(seconds: 300)
        try await harness.runDeadlines()
        #expect(try await status(harness) == "orderCxl")
    }

    @Test(
        "A delivery that failed cancels the order, once, with its reason",
        arguments: [["accept"], ["accept", "startCooking"], ["accept", "startCooking", "finishCooking"]])
    func failed(moves: [String]) async throws {
        let harness = try await harness(moves)
        let before = try await harness.told().count
        for id in ["first", "again"] { try await harness.deliver(Self.failure, id: id) }
        let isUntouched = moves.count == 1
        let told = Array(try await harness.told().dropFirst(before))
        #expect(told == (isUntouched ? ["OrderCanceled", "StockIncreased"] : ["OrderCanceled"]))
        let order = try await harness.get("/orderManages/1")
        #expect(order["status"] == "orderCxl")
        #expect(order["reason"]?.text == Self.failure.reason)
        #expect(try await harness.stock() == (isUntouched ? Self.whole : Self.taken))
        #expect(try await harness.wrongBooks() == 0)
        #expect(try await harness.rows("deadlines") == 0)
    }

    @Test("The customer who asks at the same time is answered once", arguments: [true, false])
    func canceled(isFailureFirst: Bool) async throws {
        let harness = try await harness(["accept"])
        let request = OrderCancelRequested(orderId: "a123", reason: "r")
        let events: [any Event] = isFailureFirst ? [Self.failure, request] : [request, Self.failure]
        for event in events { try await harness.deliver([harness.record(event)]) }
        #expect(try await harness.published("OrderCanceled").count == 1)
        #expect(try await harness.published("OrderCancelRefused").isEmpty)
        #expect(try await harness.stock() == Self.whole)
    }

    @Test("An order that was turned away is not given up as well")
    func rejected() async throws {
        let harness = try await harness(["reject"])
        let told = try await harness.told()
        try await harness.deliver(Self.failure)
        #expect(try await harness.told() == told)
        #expect(try await harness.waiting() == 0)
    }

    @Test("News of a failure that is faster than the order, or its acceptance, waits")
    func early() async throws {
        let harness = try await StoreHarness()
        try await harness.deliver(Self.failure)
        try await harness.receive()
        #expect(try await status(harness) == "orderCmplt")
        _ = try await harness.move("accept")
        let accepted: OrderAccepted = try #require(try await harness.published("OrderAccepted").first).decode()
        #expect(try await harness.waiting() == 1)
        try await harness.deliver(accepted)
        #expect(try await status(harness) == "orderCxl")
        #expect(try await harness.waiting() == 0)
    }
}
