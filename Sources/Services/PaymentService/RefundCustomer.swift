import Events
import Messaging
import Persistence

/// Gives the money for an order back, once, whatever ended it.
enum RefundCustomer {
    static func refund(_ orderId: String, reason: String, in transaction: Transaction) throws {
        try Pays.all.follow(orderId, in: transaction) { pay in
            let events = try pay.refund(reason: reason)
            try Ledger.enter(.refund, pay, in: transaction)
            return events
        }
    }
}
