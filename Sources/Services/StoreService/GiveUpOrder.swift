import Contracts
import Events
import Persistence

/// An order that was accepted cannot be finished. Its stock goes back only while nothing of it was cooked.
enum GiveUpOrder {
    static func giveUp(_ order: inout OrderManage, reason: String, in transaction: Transaction) throws -> [any Event] {
        let isUntouched = order.status == .accepted
        return try order.giveUp(reason: reason)
            + (isUntouched ? [Stock.restore(order.details, in: transaction)] : [])
    }
}
