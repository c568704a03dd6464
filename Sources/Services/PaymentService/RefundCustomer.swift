import Events
import Persistence

/// Gives the money for an order back.
enum RefundCustomer {
    static func refund(_ pay: inout Pay, reason: String, in transaction: Transaction) throws -> [any Event] {
        let events = try pay.refund(reason: reason)
        try Ledger.enter(.refund, pay, in: transaction)
        return events
    }
}
