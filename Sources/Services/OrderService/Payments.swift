import Contracts
import Time

/// The one synchronous neighbour: charges customers.
protocol Payments: Sendable {
    /// `false` while the circuit breaker lets no call through; then nothing should be begun that needs one.
    var isAvailable: Bool { get }

    /// Charges the customer. Idempotent by order id: a repetition gets the first result.
    /// - Parameter expires: payment charges nobody after that.
    func charge(_ order: OrderDetails, expires: Timestamp) async -> Charge

    /// What became of the charge for an order. Ask after it has expired: then "not charged" is final.
    func inquire(_ order: OrderDetails) async -> Charge
}

/// What is known of a charge.
enum Charge: Sendable, Equatable {
    case approved
    case declined(reason: String)
    /// Certainly not charged.
    case notCharged
    /// The answer got lost, so it may have been charged: ask again, never assume.
    case unknown
}
