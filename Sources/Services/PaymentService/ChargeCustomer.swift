import Contracts
import HTTPServer
import Messaging
import Persistence
import Time

/// Charges the customer for an order, once: the order id is the idempotency key.
///
/// What a provider in this process decides is one transaction. With one outside there are two: the charge is on record
/// before it is asked for, and settled by the answer, or by the ``Settler`` when that gets lost.
enum ChargeCustomer {
    /// - Parameter expires: a charge that waited longer, in a queue or for a lock, is
    ///   refused: its caller has given up by then, and counts on it not happening any more.
    /// - Returns: the payment, which may be declined or, with `mustCall`, requested; the first one again for a
    ///   repetition.
    /// - Throws: ``Expired`` 408, ``OtherPayment`` 422.
    static func begin(
        _ details: OrderDetails, _ beginning: Beginning, expires: Timestamp?, in transaction: Transaction
    ) throws -> (pay: Pay, mustCall: Bool) {
        if let known = try Pays.all.find(details.orderId, in: transaction) {
            guard known.details == details else { throw OtherPayment() }
            return (known, false)
        }
        if let expires, transaction.now > expires { throw Expired() }
        switch beginning {
        case .approved:
            let pay = try Pays.all.insert(Pay(details, status: .approved), in: transaction, events: \.approval)
            try Ledger.enter(.charge, pay, in: transaction)
            return (pay, false)
        case .declined(let reason):
            return (try Pays.all.insert(Pay(details, status: .declined, reason: reason), in: transaction), false)
        case .mustCall(let paymentKey):
            let requested = Pay.requested(details, paymentKey: paymentKey, now: transaction.now)
            return (try Pays.all.insert(requested, in: transaction), true)
        }
    }

    /// Makes the move that the provider's answer means; an answer that is late changes nothing.
    static func settle(_ orderId: String, _ answer: ChargeAnswer, in transaction: Transaction) throws {
        try Pays.all.follow(orderId, in: transaction) { pay in
            switch answer {
            case .approved:
                let events = try pay.approve()
                try Ledger.enter(.charge, pay, in: transaction)
                return events
            case .declined(let reason): return try pay.decline(reason: reason)
            case .unknown, .notReached: return []
            }
        }
    }
}

/// 402: the card was refused.
struct Declined: HTTPFailure {
    var reason: String
    var problem: Problem { Problem(402, reason) }
}

/// 408: the request came too late to be carried out.
struct Expired: HTTPFailure {
    var problem: Problem { Problem(408, "The request had expired before it could be carried out") }
}

/// 422: the order was paid for with other details.
struct OtherPayment: HTTPFailure {
    var problem: Problem {
        Problem(422, "다른 내용으로 이미 결제된 주문번호입니다.", fields: [.init("orderId", "has another payment")])
    }
}
