import Contracts
import Events
import ServiceTestSupport
import Testing

@testable import PaymentService

@Suite("A charge and its refund in any order, any number of times")
struct AnyOrderTests {
    private enum Step: CaseIterable, Sendable { case charge, rejection, ownEvent }

    @Test("The customer is charged once and refunded once, whatever comes first, again, or to a new process")
    func permuted() async throws {
        var generator = SplitMix(seed: 20_261_124)
        for order in permutations(Step.allCases, &generator) {
            for _ in 0..<4 { try await live(order, &generator) }
        }
    }

    private func live(_ order: [Step], _ generator: inout SplitMix) async throws {
        var harness = try await PaymentHarness()
        let rejection = try harness.record(OrderRejected(orderId: "a123", reason: "재료 소진"))
        let ownEvent = try harness.record(PaymentApproved(details, payId: 1))
        for step in order + order.shuffled(using: &generator) {
            switch step {
            case .charge: #expect(try await harness.post("/pays", payBody()).status == 201)
            case .rejection: try await harness.deliver([rejection])
            case .ownEvent: try await harness.deliver([ownEvent])
            }
            if Bool.random(using: &generator) {
                harness = try await PaymentHarness(clock: harness.clock, database: harness.database)
            }
        }
        harness.clock.advance(seconds: 1)
        try await harness.retryEarlyEvents()
        #expect(try await harness.ledger() == ["charge 18000", "refund 18000"], "\(order)")
        #expect(try await harness.published().map(\.type) == ["PaymentApproved", "PaymentCanceled"])
        #expect(try await harness.get("/pays/1")["status"] == "payCxl")
        #expect(try await harness.waiting() == 0)
    }
}
