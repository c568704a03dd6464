import Contracts
import ServiceTestSupport
import Testing

@testable import PaymentService

/// What holds whoever moves the money: the providers run the same suite.
@Suite("Any provider", .timeLimit(.minutes(5))) struct ProviderTests {
    enum Kind: CaseIterable, Sendable { case embedded, slow, toss }

    /// A service with its provider, and what that one says of its own books.
    private func with(
        _ kind: Kind, _ body: (PaymentHarness, _ moved: () -> (charges: Int, refunds: Int)?) async throws -> Void
    ) async throws {
        guard kind == .toss else {
            let behaviour = EmbeddedProvider.Behaviour(mode: kind == .slow ? .slow : .normal)
            let provider = EmbeddedProvider(limit: 20_000, behaviour, sleep: { _ in })
            return try await body(PaymentHarness.with(provider)) { nil }
        }
        let server = try TossServer()
        try await body(PaymentHarness.with(server.gateway())) { (server.state.charges, server.state.refunds) }
        await server.stop()
    }

    @Test("A charge is made once, however often it is asked for", arguments: Kind.allCases)
    func charge(_ kind: Kind) async throws {
        try await with(kind) { harness, moved async throws in
            for _ in 1...3 { #expect(try await harness.post("/pays", payBody()).status == 201) }
            #expect(try await harness.ledger() == ["charge 18000"])
            #expect(try await harness.published().map(\.type) == ["PaymentApproved"])
            #expect(moved().map { $0 == (1, 0) } ?? true)
        }
    }

    @Test("The same key gets the same answer; another request with it charges nobody", arguments: Kind.allCases)
    func key(_ kind: Kind) async throws {
        try await with(kind) { harness, moved async throws in
            let key = [("Idempotency-Key", "k1")]
            let first = try await harness.post("/pays", payBody(), headers: key)
            let second = try await harness.post("/pays", payBody(), headers: key)
            #expect(first.status == 201)
            #expect(second.body == first.body)
            #expect(try await harness.post("/pays", payBody("other"), headers: key).status == 422)
            #expect(try await harness.books() == 18_000)
            #expect(moved().map { $0 == (1, 0) } ?? true)
        }
    }

    @Test("A refused card is 402 and stays so", arguments: Kind.allCases)
    func declined(_ kind: Kind) async throws {
        try await with(kind) { harness, moved async throws in
            for _ in 1...2 { #expect(try await harness.post("/pays", payBody(price: 30_000)).status == 402) }
            #expect(try await harness.status() == "payDecline")
            #expect(try await harness.ledger().isEmpty)
            #expect(moved().map { $0 == (0, 0) } ?? true)
        }
    }

    @Test("The money goes back once, whatever asks for it", arguments: Kind.allCases)
    func refund(_ kind: Kind) async throws {
        try await with(kind) { harness, moved async throws in
            _ = try await harness.post("/pays", payBody())
            try await harness.deliver(OrderRejected(orderId: "a123", reason: "재료 소진"))
            try await harness.deliver(OrderCanceled(orderId: "a123", reason: "r"))
            #expect(try await harness.put("/pays/1/cancel").status == 409)
            try await harness.settle(seconds: 2)
            #expect(try await harness.status() == "payCxl")
            #expect(try await harness.ledger() == ["charge 18000", "refund 18000"])
            #expect(try await harness.published().map(\.type) == ["PaymentApproved", "PaymentCanceled"])
            #expect(moved().map { $0 == (1, 1) } ?? true)
            #expect(try await harness.brokenResources() == [])
        }
    }

    @Test("A charge that comes too late is refused before the provider hears of it", arguments: Kind.allCases)
    func expired(_ kind: Kind) async throws {
        try await with(kind) { harness, moved async throws in
            let late = [("Request-Expires", "2000-01-01T00:00:00Z")]
            #expect(try await harness.post("/pays", payBody(), headers: late).status == 408)
            #expect(try await harness.status() == "none")
            #expect(moved().map { $0 == (0, 0) } ?? true)
        }
    }
}
