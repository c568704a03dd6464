import Messaging
import SharedKernel

/// What an order waits for, each with a deadline.
extension Order {
    /// Payment takes the order.
    static let payment = "order.payment"
    /// The store answers the customer's wish to cancel.
    static let storeAnswer = "order.storeAnswer"
    /// The customer confirms that the food is there.
    static let confirmation = "order.confirmation"

    var wait: Wait? {
        guard let waitsUntil else { return nil }
        if isLocked { return Wait(Self.storeAnswer, until: waitsUntil) }
        return switch status {
        case .waiting: Wait(Self.payment, until: waitsUntil)
        case .delivered: Wait(Self.confirmation, until: waitsUntil)
        default: nil
        }
    }
}
