import Messaging
import Persistence
import SharedKernel
import Time

/// The customer does not want the order any more. Of a paid one the store decides; one that waits for its payment is given up.
struct CancelOrder: Sendable {
    /// The store is asked again then.
    let storeAnswersWithin: Duration

    /// - Returns: the order, which is *expired* when it is given up; the same again for a repetition.
    /// - Throws: ``TooLateToCancel`` 409, `IllegalMove` 409.
    func cancel(_ order: Order, reason: String, in transaction: Transaction) throws -> Order {
        if order.isGivenUp || order.cancellation == .asked { return order }
        return try Orders.all.update(order, in: transaction) {
            // Nobody knows what becomes of it; whoever finds out does the rest.
            if order.status == .pending { return $0.wishToCancel(reason: reason) }
            if order.status == .waiting { return try $0.stopWaiting(wish: reason) }
            return try $0.requestCancel(reason: reason, answerBy: transaction.now + storeAnswersWithin)
        }
    }
}
