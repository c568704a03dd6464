import Contracts
import ServiceTestSupport
import Testing

@testable import PaymentService

/// Two that act on one payment at the same moment: one is first, and the other finds what it left.
@Suite("Races for a payment", .timeLimit(.minutes(5))) struct RaceTests {
    typealias Act = @Sendable (PaymentHarness) async throws -> Void

    struct Race: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Whether the charge was asked for before.
        var isCharged = true
        /// Whether the answer to it was lost.
        var isOpen = false
        var isEmbedded = false
        let acts: [Act]
        let end: String
        let ledger: [String]
    }

    private static let byHand: Act = { _ = try await $0.put("/pays/1/cancel") }
    private static let byEvent: Act = { try await $0.deliver(OrderRejected(orderId: "a123", reason: "r")) }
    private static let byOtherEvent: Act = { try await $0.deliver(OrderCanceled(orderId: "a123", reason: "r")) }
    private static let charge: Act = { _ = try await $0.post("/pays", payBody()) }
    private static let settler: Act = {
        $0.clock.advance(seconds: 3)
        try await $0.service.settler.settleAll()
    }

    private static let (charged, refunded) = (["charge 18000"], ["charge 18000", "refund 18000"])
    static let races = [
        Race(
            testDescription: "by hand, and two events", acts: [byHand, byEvent, byOtherEvent], end: "payCxl",
            ledger: refunded),
        Race(
            testDescription: "by hand, and an event, with the embedded provider", isEmbedded: true,
            acts: [byHand, byEvent], end: "payCxl", ledger: refunded),
        Race(
            testDescription: "by hand, by event, and the settler", acts: [byHand, byEvent, settler], end: "payCxl",
            ledger: refunded),
        Race(
            testDescription: "two settlers look a charge up", isOpen: true, acts: [settler, settler, charge],
            end: "approved", ledger: charged),
        Race(
            testDescription: "the answer, and the settler", isCharged: false, acts: [charge, settler], end: "approved",
            ledger: charged),
    ]

    @Test("However they meet, there is one charge and at most one refund", arguments: races)
    func race(_ race: Race) async throws {
        for round in 0..<200 {
            let provider = ProviderDouble()
            let harness = try await race.isEmbedded ? PaymentHarness() : PaymentHarness.with(provider)
            if race.isOpen { provider.change { $0.losesAnswers = true } }
            if race.isCharged { try await Self.charge(harness) }
            provider.change { $0.losesAnswers = false }
            try await withThrowingTaskGroup { group in
                for act in round.isMultiple(of: 2) ? race.acts : race.acts.reversed() {
                    group.addTask { try await act(harness) }
                }
                try await group.waitForAll()
            }
            if !race.isEmbedded { try await harness.settle(seconds: 2) }
            #expect(try await harness.status() == race.end)
            #expect(try await harness.ledger() == race.ledger)
            #expect(
                try await harness.published().map(\.type)
                    == (race.end == "payCxl" ? ["PaymentApproved", "PaymentCanceled"] : ["PaymentApproved"]))
        }
    }
}
