import Contracts
import ServiceKit
import ServiceTestSupport
import Synchronization
import Telemetry

@testable import PaymentService

/// A provider outside, in memory, with books of its own: it carries out what it is asked for once, and loses answers as the
/// test says.
final class ProviderDouble: PaymentGateway {
    struct Books: Sendable {
        /// What it does with the next calls.
        var losesAnswers = false
        var isAway = false
        var refuses: String?
        var limit = 20_000
        /// Order ids.
        var charged: [String] = []
        var declined: [String] = []
        var refunded: [String] = []
        var attempts: [Int] = []
        var calls = 0
    }
    let books = Mutex(Books())
    /// Passed by charges before they take effect.
    private let gate: Gate?

    init(gate: Gate? = nil) { self.gate = gate }

    func change(_ change: @Sendable (inout Books) -> Void) { books.withLock { change(&$0) } }

    func begin(_ details: OrderDetails, paymentKey: String?) -> Beginning {
        .mustCall(paymentKey: paymentKey ?? "order-\(details.orderId)")
    }

    func charge(_ charge: Charge) async -> ChargeAnswer {
        if let gate { await gate.pass() }
        return books.withLock { books in
            books.calls += 1
            if books.isAway { return .notReached }
            if !(books.charged + books.declined).contains(charge.orderId) {
                let isDeclined = charge.amount > books.limit
                isDeclined ? books.declined.append(charge.orderId) : books.charged.append(charge.orderId)
            }
            return books.losesAnswers ? .unknown : Self.answer(charge, books)
        }
    }

    func find(_ charge: Charge) async -> ChargeAnswer {
        books.withLock { books in
            books.calls += 1
            return books.isAway || books.losesAnswers ? .unknown : Self.answer(charge, books)
        }
    }

    func refundsAtOnce(_ charge: Charge) -> Bool { false }

    func cancel(_ charge: Charge, reason: String) async -> RefundAnswer {
        books.withLock { books in
            books.calls += 1
            books.attempts.append(charge.attempt)
            if books.isAway { return .unknown }
            if let refusal = books.refuses { return .refused(reason: refusal) }
            if !books.refunded.contains(charge.orderId) { books.refunded.append(charge.orderId) }
            return books.losesAnswers ? .unknown : .done
        }
    }

    private static func answer(_ charge: Charge, _ books: Books) -> ChargeAnswer {
        if books.charged.contains(charge.orderId) { return .approved }
        return books.declined.contains(charge.orderId) ? .declined(reason: "한도 초과") : .notReached
    }
}

extension ServiceHarness<PaymentService> {
    static func with(
        _ gateway: any PaymentGateway, clock: TestClock = TestClock(), after earlier: Self? = nil,
        log: Log = .silent
    ) async throws -> Self {
        try await PaymentHarness(clock: earlier?.clock ?? clock, database: earlier?.database) { context in
            var context = context
            context.log = log
            return PaymentService(context, gateway)
        }
    }

    /// Lets the provider be asked for what it owes, as time goes by.
    func settle(seconds: Int = 60) async throws {
        for _ in 0..<seconds {
            clock.advance(seconds: 1)
            try await service.settler.settleAll()
        }
    }

    /// As the order service asks, and as the owner sees it: the status, and what stands in the books.
    func status(_ orderId: String = "a123") async throws -> String {
        let answer = try await get("/pays/search/findByOrderId?orderId=\(orderId)")
        return answer.status == 404 ? "none" : answer["status"]?.text ?? "approved"
    }
}
