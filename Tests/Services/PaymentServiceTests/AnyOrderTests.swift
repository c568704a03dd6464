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
        var bench = try await PaymentBench()
        let rejection = try bench.record(OrderRejected(orderId: "a123", reason: "재료 소진"))
        let ownEvent = try bench.record(PaymentApproved(details, payId: 1))
        for step in order + order.shuffled(using: &generator) {
            switch step {
            case .charge: #expect(try await bench.post("/pays", payBody()).status == 201)
            case .rejection: try await bench.deliver([rejection])
            case .ownEvent: try await bench.deliver([ownEvent])
            }
            if Bool.random(using: &generator) {
                bench = try await PaymentBench(clock: bench.clock, database: bench.database)
            }
        }
        bench.clock.advance(seconds: 1)
        try await bench.retryEarlyEvents()
        #expect(try await bench.ledger() == ["charge 18000", "refund 18000"], "\(order)")
        #expect(try await bench.published().map(\.type) == ["PaymentApproved", "PaymentCanceled"])
        #expect(try await bench.get("/pays/1")["status"] == "payCxl")
        #expect(try await bench.waiting() == 0)
    }
}
