import Contracts
import Synchronization
import Time

/// A provider in this process: decides at once, by the limit of the card. It can be made to misbehave, so that the rest of
/// the system can be seen at its work.
final class EmbeddedProvider: PaymentGateway {
    enum Mode: String, CaseIterable, Sendable { case normal, slow, failing, down }

    struct Behaviour: Equatable, Sendable {
        var mode = Mode.normal
        /// Of each call while it is slow.
        var delay = Duration.seconds(2)
        /// Of the calls while it is failing.
        var failPercent = 50
    }

    /// Longer than anybody waits for it.
    private static let timeout = Duration.seconds(5)

    private let limit: Int
    private let sleep: @Sendable (Duration) async -> Void
    private let state: Mutex<Behaviour>
    /// Percent that have not become a failure yet, so that the share is kept exactly.
    private let carry = Mutex<Int>(0)

    /// - Parameter limit: won; what a card is good for in one payment.
    init(
        limit: Int, _ behaviour: Behaviour = Behaviour(),
        sleep: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) {
        (self.limit, self.sleep) = (limit, sleep)
        state = Mutex(behaviour)
    }

    var behaviour: Behaviour {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    func begin(_ details: OrderDetails, paymentKey: String?) async throws -> Beginning {
        guard await answers() else { throw ProviderAway() }
        return details.totPrice <= limit ? .approved : .declined(reason: "결제 한도 \(limit)원을 초과했습니다.")
    }

    // What it decides is its only record, so it has nothing to look up, and nothing that another provider has charged.

    func charge(_ charge: Charge) async -> ChargeAnswer { .unknown }
    func find(_ charge: Charge) async -> ChargeAnswer { .unknown }

    func refundsAtOnce(_ charge: Charge) -> Bool { charge.paymentKey == nil && behaviour.mode == .normal }

    func cancel(_ charge: Charge, reason: String) async -> RefundAnswer {
        guard charge.paymentKey == nil else { return .refused(reason: "another provider has charged it") }
        return await answers() ? .done : .unknown
    }

    /// Behaves as it was told.
    private func answers() async -> Bool {
        let behaviour = behaviour
        switch behaviour.mode {
        case .normal: return true
        case .slow:
            await sleep(behaviour.delay)
            return true
        case .failing:
            return carry.withLock { carry in
                carry += behaviour.failPercent
                guard carry >= 100 else { return true }
                carry -= 100
                return false
            }
        case .down:
            await sleep(Self.timeout)
            return false
        }
    }
}
