import Contracts
import Events
import Messaging
import Persistence
import Time

/// One customer order, from the payment to the food.
struct Order: Aggregate {
    var id: Int
    var version: Int
    let details: OrderDetails
    private(set) var status: Status
    /// Why it was declined or rejected, for the customer.
    private(set) var reason: String?
    /// Of the request that placed the order: tells a repetition from another order under the same id. Empty when the order
    /// came into being by its payment's event.
    let fingerprint: String
    /// When payment was asked last.
    var askedAt: Timestamp

    var key: String { details.orderId }

    /// As the request that placed the order was answered, whatever became of the order since: stored, then paid.
    var asFirstAnswered: Order {
        Order(id: id, version: 2, details, status: .paid, fingerprint: fingerprint, askedAt: askedAt)
    }

    init(
        id: Int = 0, version: Int = 1, _ details: OrderDetails, status: Status = .pending, reason: String? = nil,
        fingerprint: String = "", askedAt: Timestamp = Timestamp(milliseconds: 0)
    ) {
        (self.id, self.version, self.details, self.status) = (id, version, details, status)
        (self.reason, self.fingerprint, self.askedAt) = (reason, fingerprint, askedAt)
    }
}

/// The life of an order: its statuses, its moves, and what leads where.
extension Order {
    /// The words on the wire.
    enum Status: String, CaseIterable, ColumnValue {
        case pending = "payWait"
        case declined
        case paid = "orderCmplt"
        case accepted = "orderAccept"
        case cooking = "cookStart"
        case cooked = "cookCmplt"
        case rejected = "orderReject"
        case refunded = "payCxl"

        /// A declined order ends like a refunded one: nobody holds the customer's money.
        var wireValue: String { (self == .declined ? .refunded : self).rawValue }
    }
    enum Move: String, CaseIterable { case pay, decline, accept, reject, startCooking, finishCooking, refund }

    /// The whole state machine; a pair that is missing here is an illegal move.
    static let states = StateMachine<Status, Move> { status, move in
        switch (status, move) {
        case (.pending, .pay): .paid
        case (.pending, .decline): .declined
        case (.paid, .accept): .accepted
        case (.paid, .reject): .rejected
        case (.accepted, .startCooking): .cooking
        case (.cooking, .finishCooking): .cooked
        case (.rejected, .refund): .refunded
        default: nil
        }
    }
}

/// The moves. Each returns the events to publish in the transaction that saves the order; an illegal one changes nothing.
extension Order {
    mutating func pay() throws(IllegalMove) -> [any Event] {
        try make(.pay)
        return [OrderPlaced(details)]
    }

    mutating func decline(reason: String) throws(IllegalMove) -> [any Event] {
        try make(.decline)
        self.reason = reason
        return []
    }

    mutating func reject(reason: String) throws(IllegalMove) -> [any Event] {
        try make(.reject)
        self.reason = reason
        return []
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
