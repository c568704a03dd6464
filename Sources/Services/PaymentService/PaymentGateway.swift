import Contracts
import HTTPServer

/// Whoever moves the money. A charge and its refund take effect once each, however often they are asked for.
protocol PaymentGateway: Sendable {
    /// The first step of a charge.
    /// - Parameter paymentKey: the customer's consent, if there is one; see `PayForm`.
    /// - Throws: ``ProviderAway`` 503; nobody was charged.
    func begin(_ details: OrderDetails, paymentKey: String?) async throws -> Beginning

    /// Moves the money. The charge is on record by then, so whatever becomes of the answer, it is looked up.
    func charge(_ charge: Charge) async -> ChargeAnswer

    /// What became of a charge.
    func find(_ charge: Charge) async -> ChargeAnswer

    /// Whether a refund takes effect with the transaction that asks for it, so that ``cancel(_:reason:)`` is not called.
    func refundsAtOnce(_ charge: Charge) -> Bool

    /// Gives all of the money back.
    func cancel(_ charge: Charge, reason: String) async -> RefundAnswer
}

/// What a provider knows a charge by.
struct Charge: Sendable, Equatable {
    var orderId: String
    /// `nil` for one of the embedded provider.
    var paymentKey: String?
    /// Won.
    var amount: Int
    /// A new number where giving back may have been refused before, as a refusal is repeated under its number.
    var attempt = 0
}

enum Beginning: Sendable, Equatable {
    // Decided at once: the answer and its effect are one transaction of ours.
    case approved
    case declined(reason: String)
    /// The provider is outside: the charge is put on record, then asked for.
    case mustCall(paymentKey: String)
}

enum ChargeAnswer: Sendable, Equatable {
    case approved
    case declined(reason: String)
    /// The answer got lost, so it may have been charged: look it up, never assume.
    case unknown
    /// Certainly not charged; looked up: not there, for now.
    case notReached
}

enum RefundAnswer: Sendable, Equatable {
    /// Also when the money was given back before.
    case done
    /// It will not be done without somebody's help.
    case refused(reason: String)
    case unknown
}

/// 503: the provider cannot be reached; nobody was charged.
struct ProviderAway: HTTPFailure, Equatable {
    var problem: Problem { ServiceUnavailable("결제사에 연결할 수 없습니다. 잠시 후 다시 시도해 주세요.", retryAfter: 1).problem }
}

/// 503: what became of the charge is not known yet.
struct ChargeUnsettled: HTTPFailure, Equatable {
    var problem: Problem { ServiceUnavailable("결제 결과를 확인하고 있습니다. 잠시 후 다시 시도해 주세요.", retryAfter: 2).problem }
}
