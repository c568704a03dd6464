import Contracts
import Events
import SharedKernel
import Time

/// The moves. Each returns the events to publish in the transaction that saves the order; an illegal one changes nothing.
extension Order {
    mutating func pay() throws(IllegalMove) -> [any Event] {
        try make(.pay)
        reason = nil
        // The customer has given it up before this was known: the store is asked at once, by the deadline of its answer.
        if wish != nil { (cancellation, waitsUntil) = (.asked, askedAt) }
        return [OrderPlaced(details)]
    }

    /// Payment is away: the order takes its place in the line.
    mutating func wait(until payBy: Timestamp) throws(IllegalMove) -> [any Event] {
        try make(.wait)
        waitsUntil = payBy
        return [PaymentDeferred(details, payBy: payBy.rfc3339)]
    }

    mutating func decline(reason: String) throws(IllegalMove) -> [any Event] {
        let isKnown = status == .waiting  // To the others.
        try make(.decline)
        self.reason = reason
        return isKnown ? [OrderExpired(orderId: key, reason: reason)] : []
    }

    static let notPaidInTime = "결제가 제시간에 이루어지지 않았습니다."

    /// The customer gives it up, or its time to be paid is over. While a charge has no answer nobody knows how it ends; it is
    /// not charged again.
    /// - Parameter wish: why the customer does.
    mutating func stopWaiting(wish: String? = nil) throws(IllegalMove) -> [any Event] {
        let there = try Self.states.status(after: .expire, from: status)
        (self.wish, waitsUntil) = (wish ?? self.wish, nil)
        guard !mayBeCharged else { return [] }
        let reason = self.wish ?? Self.notPaidInTime
        (status, self.reason) = (there, reason)
        return [OrderExpired(orderId: key, reason: reason)]
    }

    /// It is stored, and payment has not answered.
    mutating func wishToCancel(reason: String) -> [any Event] {
        wish = reason
        return []
    }

    mutating func reject(reason: String) throws(IllegalMove) -> [any Event] {
        try make(.reject)
        self.reason = reason
        return []
    }

    /// The customer asks once; until the store has answered no other command is legal.
    /// - Parameter answerBy: the store is asked again then.
    /// - Throws: ``TooLateToCancel`` 409 when it is certainly too late.
    mutating func requestCancel(reason: String, answerBy: Timestamp) throws -> [any Event] {
        if cancellation == .refused || status.isTooLateToCancel { throw TooLateToCancel(reason: self.reason) }
        try make(.requestCancel)
        (cancellation, wish, waitsUntil) = (.asked, reason, answerBy)
        return [OrderCancelRequested(orderId: key, reason: reason)]
    }

    /// Of a customer who gives none.
    static let noReason = "고객이 주문을 취소했습니다."

    /// The store has not answered; to ask it twice does no harm.
    mutating func requestCancelAgain(answerBy: Timestamp) -> [any Event] {
        guard isLocked else { return [] }
        waitsUntil = answerBy
        return [OrderCancelRequested(orderId: key, reason: wish ?? Self.noReason)]
    }

    mutating func refuseCancel(reason: String) throws(IllegalMove) -> [any Event] {
        try make(.refuseCancel)
        (cancellation, self.reason) = (.refused, reason)
        return []
    }

    mutating func cancel(reason: String) throws(IllegalMove) -> [any Event] {
        try make(.cancel)
        self.reason = reason
        return []
    }

    /// The money is back: after the order ended, before that is known here, or by hand.
    mutating func refund() throws(IllegalMove) -> [any Event] {
        try make(.refund)
        isRefunded = true
        return []
    }

    /// The customer has the food.
    /// - Parameter confirmBy: until then the customer may say so too; `nil` when the delivery alone closes the deal.
    mutating func deliver(confirmBy: Timestamp?) throws(IllegalMove) -> [any Event] {
        try make(.deliver)
        guard let confirmBy else { return try confirm() }
        waitsUntil = confirmBy
        return []
    }

    /// The deal is closed.
    mutating func confirm() throws(IllegalMove) -> [any Event] {
        try make(.confirm)
        return [
            DeliveryFinished(
                orderId: key, custId: details.custId, storeId: details.storeId, totPrice: details.totPrice)
        ]
    }

    /// The moves that bring nothing but a status.
    mutating func go(_ move: Move) throws(IllegalMove) -> [any Event] {
        try make(move)
        return []
    }

    private mutating func make(_ move: Move) throws(IllegalMove) {
        status = try Self.states.status(after: move, from: status)
        if isRefunded, status == .rejected || status == .canceled { status = .refunded }
    }
}
