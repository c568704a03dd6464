import Contracts
import Events
import ServiceTestSupport
import Testing

@testable import PaymentService

@Suite("A charge and its refund in any order, any number of times")
struct AnyOrderTests {
    private enum Step: CaseIterable, Sendable { case charge, rejection, ownEvent, settler }

    @Test(
        "The customer is charged once and refunded once, whatever comes first, again, or to a new process",
        arguments: [true, false])
    func permuted(_ isEmbedded: Bool) async throws {
        var generator = SplitMix(seed: 20_261_124)
        for order in permutations(Step.allCases, &generator) {
            for _ in 0..<2 { try await live(order, isEmbedded, &generator) }
        }
    }

    private func live(_ order: [Step], _ isEmbedded: Bool, _ generator: inout SplitMix) async throws {
        let provider = isEmbedded ? nil : ProviderDouble()
        let start = { (earlier: PaymentHarness?) in
            guard let provider else {
                return try await PaymentHarness(clock: earlier?.clock ?? TestClock(), database: earlier?.database)
            }
            return try await PaymentHarness.with(provider, after: earlier)
        }
        var harness = try await start(nil)
        let rejection = try harness.record(OrderRejected(orderId: "a123", reason: "재료 소진"))
        let ownEvent = try harness.record(PaymentApproved(details, payId: 1))
        for step in order + order.shuffled(using: &generator) {
            switch step {
            case .charge: #expect(try await harness.post("/pays", payBody()).status == 201)
            case .rejection: try await harness.deliver([rejection])
            case .ownEvent: try await harness.deliver([ownEvent])
            case .settler: try await harness.settle(seconds: 3)
            }
            if Bool.random(using: &generator) {
                harness = try await start(harness)
            }
        }
        harness.clock.advance(seconds: 1)
        try await harness.retryEarlyEvents()
        try await harness.settle(seconds: 3)
        #expect(try await harness.ledger() == ["charge 18000", "refund 18000"], "\(order)")
        #expect(try await harness.published().map(\.type) == ["PaymentApproved", "PaymentCanceled"])
        #expect(try await harness.get("/pays/1")["status"] == "payCxl")
        #expect(try await harness.waiting() == 0)
    }
}
