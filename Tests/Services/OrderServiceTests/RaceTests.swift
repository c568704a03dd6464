import Contracts
import Events
import ServiceTestSupport
import Testing

@testable import OrderService

/// Two that act on one order at the same moment: one of them is first, and the other one finds what it left.
@Suite("Races for an order", .timeLimit(.minutes(4))) struct RaceTests {
    typealias Act = @Sendable (OrderHarness, PaymentsDouble) async throws -> Void

    struct Race: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var environment: [String: String] = [:]
        /// What happened before; without any, the order waits for its payment.
        var events: [any Event] = []
        let acts: [Act]
        /// Statuses that may be the end, each with what was told of it since both began.
        let ends: [String: [[String]]]
    }

    private static let retry: Act = { try await $0.line($1).serve() }
    private static let pay: Act = { harness, _ in _ = try await harness.put("/orders/1/pay") }
    private static let cancel: Act = { harness, _ in _ = try await harness.send("DELETE", "/orders/1") }
    private static let confirm: Act = { harness, _ in _ = try await harness.put("/orders/1/confirm") }
    private static let deadline: Act = { harness, _ in
        harness.clock.advance(seconds: 1)
        try await harness.runDeadlines()
    }

    private static let paidOrCanceled = [
        // Given up while it was being charged: the deadline asks the store.
        "orderCmplt": [["OrderPlaced"]], "orderCxlReq": [["OrderPlaced", "OrderCancelRequested"], ["OrderPlaced"]],
        "payCxl": [["OrderExpired"]],
    ]

    static let races = [
        Race(
            testDescription: "payment is retried, the time is over", acts: [retry, deadline],
            ends: ["orderCmplt": [["OrderPlaced"]], "payCxl": [["OrderExpired"]]]),
        Race(
            testDescription: "payment is retried, the customer pays", acts: [retry, pay],
            ends: ["orderCmplt": [["OrderPlaced"]]]),
        Race(
            testDescription: "payment is retried, the customer cancels", acts: [retry, cancel], ends: paidOrCanceled),
        Race(testDescription: "the customer pays and cancels", acts: [pay, cancel], ends: paidOrCanceled),
        Race(
            testDescription: "the customer confirms, the time is over", environment: OrderLifeTests.confirmation,
            events: [
                PaymentApproved(transcriptDetails, payId: 1), OrderViewTests.accepted(), OrderLifeTests.picked,
                OrderLifeTests.delivered,
            ],
            acts: [confirm, deadline], ends: ["orderFinish": [["DeliveryFinished"]]]),
    ]

    @Test("They end as one after the other, in either order, and who was charged has an order", arguments: races)
    func race(_ race: Race) async throws {
        for round in 0..<200 {
            let payments = PaymentsDouble()
            payments.shutOff()
            let harness = try await OrderHarness.open(payments, environment: race.environment)
            _ = try await harness.post("/orders", transcriptOrder)
            for event in race.events { try await harness.deliver([harness.record(event)]) }
            payments.shutOff(false)
            let before = try await harness.published().count
            harness.clock.advance(seconds: race.events.isEmpty ? 599 : 86_399)
            try await withThrowingTaskGroup { group in
                for act in round.isMultiple(of: 2) ? race.acts : race.acts.reversed() {
                    group.addTask { try await act(harness, payments) }
                }
                try await group.waitForAll()
            }
            let status = try await harness.get("/orders/1")["status"]?.text ?? "none"
            let told = try await harness.published().dropFirst(before).map(\.type)
            #expect(race.ends[status]?.contains(told) == true, "\(status) \(told)")
            if race.events.isEmpty { #expect(payments.charged.count == (status == "payCxl" ? 0 : 1)) }
        }
    }
}
