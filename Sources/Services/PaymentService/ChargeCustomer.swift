import Contracts
import HTTPServer
import Messaging
import Persistence
import Time

/// Charges the customer for an order, once: the order id is the idempotency key.
struct ChargeCustomer: Sendable {
    /// Won; what a card is good for in one payment.
    let limit: Int

    /// - Parameter expires: a charge that waited longer, in a queue or for a lock, is
    ///   refused: its caller has given up by then, and counts on it not happening any more.
    /// - Returns: the payment, which may be declined; the first one again for a repetition.
    /// - Throws: ``Expired`` 408, ``OtherPayment`` 422.
    func callAsFunction(_ details: OrderDetails, expires: Timestamp?, in transaction: Transaction) throws -> Pay {
        if let known = try Pays.all.find(details.orderId, in: transaction) {
            guard known.details == details else { throw OtherPayment() }
            return known
        }
        if let expires, transaction.now > expires { throw Expired() }
        let pay = try Pays.all.insert(.decide(details, limit: limit), in: transaction, events: \.decision)
        if pay.status == .approved { try Ledger.enter(.charge, pay, in: transaction) }
        return pay
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
