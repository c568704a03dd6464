import Contracts
import Events
import Messaging
import SharedKernel
import Time

/// One customer order, from the payment to the customer's table.
struct Order: Aggregate, ShowsProgress {
    var id: Int
    var version: Int
    let details: OrderDetails
    private(set) var status: Status
    private(set) var cancellation: Cancellation
    /// Why it was declined, rejected, canceled or not canceled, for the customer.
    private(set) var reason: String?
    /// Of the request that placed the order: tells a repetition from another order under the same id. Empty when the order
    /// came into being by its payment's event.
    let fingerprint: String
    /// When payment was asked last; ``never`` while certainly nobody was charged.
    var askedAt: Timestamp
    /// Why the customer wants to cancel.
    private(set) var wish: String?
    /// When the present ``wait`` ends.
    private(set) var waitsUntil: Timestamp?
    var riderId: Int?
    var riderVersion: Int

    var key: String { details.orderId }

    /// As the request that placed the order was answered, whatever became of the order since: stored, then paid.
    var asFirstAnswered: Order {
        Order(id: id, version: 2, details, status: .paid, fingerprint: fingerprint, askedAt: askedAt)
    }

    init(
        id: Int = 0, version: Int = 1, _ details: OrderDetails, status: Status = .pending,
        cancellation: Cancellation = .none, reason: String? = nil, fingerprint: String = "",
        askedAt: Timestamp = Order.never, wish: String? = nil, waitsUntil: Timestamp? = nil,
        riderId: Int? = nil, riderVersion: Int = 0
    ) {
        (self.id, self.version, self.details, self.status) = (id, version, details, status)
        self.cancellation = cancellation
        (self.reason, self.fingerprint, self.askedAt) = (reason, fingerprint, askedAt)
        (self.wish, self.waitsUntil) = (wish, waitsUntil)
        (self.riderId, self.riderVersion) = (riderId, riderVersion)
    }
}

/// The moves. Each returns the events to publish in the transaction that saves the order; an illegal one changes nothing.
extension Order {
    mutating func pay() throws(IllegalMove) -> [any Event] {
        try make(.pay)
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

    /// The order is given up, by the customer or because its time is over. Only when certainly nobody was charged.
    mutating func expire(reason: String) throws(IllegalMove) -> [any Event] {
        try make(.expire)
        self.reason = reason
        return [OrderExpired(orderId: key, reason: reason)]
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
    }
}
