import Events
import Messaging
import Persistence

/// Gives the money for an order back, once, whatever ended it: at once where the provider can do that, else by the
/// ``Settler``, which asks until it is done.
struct RefundCustomer: Sendable {
    let gateway: any PaymentGateway

    func refund(_ pay: inout Pay, reason: String, in transaction: Transaction) throws -> [any Event] {
        let events = try pay.refund(reason: reason, now: transaction.now)
        guard gateway.refundsAtOnce(pay.charge) else { return events }
        return events + (try Self.finish(&pay, in: transaction))
    }

    /// The provider has given the money back.
    static func finish(_ pay: inout Pay, in transaction: Transaction) throws -> [any Event] {
        let events = try pay.giveBack()
        try Ledger.enter(.refund, pay, in: transaction)
        return events
    }
}
