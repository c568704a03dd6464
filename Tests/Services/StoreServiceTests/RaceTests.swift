import Contracts
import Events
import ServiceTestSupport
import Testing

@testable import StoreService

/// Two that act on one order at the same moment: one of them is first, and the other one finds what it left.
@Suite("Races for an order", .timeLimit(.minutes(5))) struct RaceTests {
    typealias Act = @Sendable (StoreHarness) async throws -> Void

    struct Race: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var settings: [String: String] = [:]
        /// What the owner did before.
        var moves: [String] = []
        /// Seconds that pass before both begin.
        var wait = 301
        let acts: [Act]
        /// Statuses that may be the end, each with what was told of it since both began.
        let ends: [String: [[String]]]
    }

    private static let accept: Act = { _ = try await $0.move("accept") }
    private static let startCooking: Act = { _ = try await $0.move("startCooking") }
    private static let cancel: Act = { try await $0.deliver(OrderCancelRequested(orderId: "a123", reason: "r")) }
    private static let deadline: Act = { try await $0.runDeadlines() }
    private static let finishCooking: Act = { _ = try await $0.move("finishCooking") }
    private static let delay: Act = { _ = try await $0.move("delay") }
    private static let fail: Act = { try await $0.deliver(DeliveryFailed(orderId: "a123", reason: "r")) }
    /// After half an hour of cooking.
    private static let cookDeadline = 1_800 + 3_600
    private static let givenUp = ["OrderCanceled", "StockIncreased"]

    static let races = [
        Race(
            testDescription: "the owner accepts, the customer cancels", acts: [accept, cancel],
            ends: [
                "orderCxl": [
                    ["OrderAccepted", "OrderCanceled", "StockIncreased"], ["OrderCanceled", "StockIncreased"],
                ]
            ]),
        Race(
            testDescription: "the owner starts cooking, the customer cancels", moves: ["accept"],
            acts: [startCooking, cancel],
            ends: [
                "cookStart": [["CookStarted", "OrderCancelRefused"]],
                "orderCxl": [["OrderCanceled", "StockIncreased"]],
            ]
        ),
        Race(
            testDescription: "the owner accepts, the deadline rejects", acts: [accept, deadline],
            ends: ["orderAccept": [["OrderAccepted"]], "orderReject": [["OrderRejected", "StockIncreased"]]]),
        Race(
            testDescription: "the customer cancels, the deadline rejects", acts: [cancel, deadline],
            ends: [
                "orderCxl": [["OrderCanceled", "StockIncreased"]],
                "orderReject": [["OrderRejected", "StockIncreased"]],
            ]),
        Race(
            testDescription: "two owners accept", acts: [accept, accept], ends: ["orderAccept": [["OrderAccepted"]]]),
        Race(
            testDescription: "the owner starts cooking, the deadline gives up",
            settings: ["COOK_FINISH_SECONDS": "7200"], moves: ["accept"], wait: cookDeadline,
            acts: [startCooking, deadline], ends: ["cookStart": [["CookStarted"]], "orderCxl": [givenUp]]),
        Race(
            testDescription: "the owner delays, the deadline gives up", moves: ["accept"], wait: cookDeadline,
            acts: [delay, deadline], ends: ["orderAccept": [["CookDelayed"]], "orderCxl": [givenUp]]),
        Race(
            testDescription: "the owner finishes cooking, the deadline gives up", moves: ["accept", "startCooking"],
            wait: cookDeadline, acts: [finishCooking, deadline],
            ends: ["cookCmplt": [["CookFinished"]], "orderCxl": [["OrderCanceled"]]]),
        Race(
            testDescription: "the customer cancels, the deadline gives up", moves: ["accept"], wait: cookDeadline,
            acts: [cancel, deadline], ends: ["orderCxl": [givenUp]]),
        Race(
            testDescription: "the owner starts cooking, the delivery fails", moves: ["accept"],
            acts: [startCooking, fail], ends: ["orderCxl": [["CookStarted", "OrderCanceled"], givenUp]]),
        Race(
            testDescription: "the owner finishes cooking, the delivery fails", moves: ["accept", "startCooking"],
            acts: [finishCooking, fail], ends: ["orderCxl": [["CookFinished", "OrderCanceled"], ["OrderCanceled"]]]),
    ]

    @Test("They end as one after the other, in either order", arguments: races)
    func race(_ race: Race) async throws {
        for round in 0..<200 {
            let harness = try await StoreHarness(race.settings)
            try await harness.receive()
            for move in race.moves { #expect(try await harness.move(move).status == 200) }
            let before = try await harness.told().count
            harness.clock.advance(seconds: race.wait)
            try await withThrowingTaskGroup { group in
                for act in round.isMultiple(of: 2) ? race.acts : race.acts.reversed() {
                    group.addTask { try await act(harness) }
                }
                try await group.waitForAll()
            }
            let status = try await harness.get("/orderManages/1")["status"]?.text ?? "none"
            let told = Array(try await harness.told().dropFirst(before))
            #expect(race.ends[status]?.contains(told) == true, "\(status) \(told)")
            #expect(try await harness.wrongBooks() == 0)
            #expect(try await harness.stock().first == (told.contains("StockIncreased") ? 100_000 : 99_999))
        }
    }
}
