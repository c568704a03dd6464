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
    private(set) var cancellation: Cancellation
    /// Why it was declined or rejected, for the customer.
    private(set) var reason: String?
    /// Of the request that placed the order: tells a repetition from another order under the same id. Empty when the order
    /// came into being by its payment's event.
    let fingerprint: String
    /// When payment was asked last.
    var askedAt: Timestamp

    var key: String { details.orderId }

    /// Whether the customer may ask for it now.
    var canAskToCancel: Bool { cancellation == .none && Self.states.isLegal(.requestCancel, in: status) }

    /// As the request that placed the order was answered, whatever became of the order since: stored, then paid.
    var asFirstAnswered: Order {
        Order(id: id, version: 2, details, status: .paid, fingerprint: fingerprint, askedAt: askedAt)
    }

    init(
        id: Int = 0, version: Int = 1, _ details: OrderDetails, status: Status = .pending,
        cancellation: Cancellation = .none, reason: String? = nil, fingerprint: String = "",
        askedAt: Timestamp = Timestamp(milliseconds: 0)
    ) {
        (self.id, self.version, self.details, self.status) = (id, version, details, status)
        self.cancellation = cancellation
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
        case canceled = "orderCxl"
        case refunded = "payCxl"

        /// Before an end that the store's answer cannot change any more.
        fileprivate var isOpen: Bool { [.paid, .accepted, .cooking, .cooked].contains(self) }
    }

    /// What became of the customer's wish to cancel. Only goes on, beneath it the order goes its way.
    enum Cancellation: String, ColumnValue { case none, asked, refused }

    enum Move: String, CaseIterable {
        case pay, decline, accept, reject, startCooking, finishCooking, requestCancel, refuseCancel, cancel, refund
    }

    /// The word on the wire. A declined order ends like a refunded one: nobody holds the customer's money.
    static func wireValue(_ status: Status, _ cancellation: Cancellation) -> String {
        switch (status, cancellation) {
        case (.declined, _): Status.refunded.rawValue
        case (let status, .asked) where status.isOpen: "orderCxlReq"
        default: status.rawValue
        }
    }

    /// The whole state machine; a pair that is missing here is an illegal move.
    static let states = StateMachine<Status, Move> { status, move in
        switch (status, move) {
        case (.pending, .pay): .paid
        case (.pending, .decline): .declined
        case (.paid, .accept): .accepted
        case (.paid, .reject): .rejected
        case (.accepted, .startCooking): .cooking
        case (.cooking, .finishCooking): .cooked
        case (.paid, .requestCancel), (.accepted, .requestCancel): status
        case (.paid, .cancel), (.accepted, .cancel): .canceled
        case (.paid, .refuseCancel), (.accepted, .refuseCancel), (.cooking, .refuseCancel), (.cooked, .refuseCancel):
            status
        case (.rejected, .refund), (.canceled, .refund): .refunded
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

    /// The customer asks once; until the store has answered no other command is legal.
    /// - Throws: ``TooLateToCancel`` 409 when it is certainly too late.
    mutating func requestCancel(reason: String) throws -> [any Event] {
        if cancellation == .refused || [.cooking, .cooked].contains(status) {
            throw TooLateToCancel(reason: self.reason)
        }
        try make(.requestCancel)
        cancellation = .asked
        return [OrderCancelRequested(orderId: key, reason: reason)]
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

    /// The moves that bring nothing but a status.
    mutating func go(_ move: Move) throws(IllegalMove) -> [any Event] {
        try make(move)
        return []
    }

    private mutating func make(_ move: Move) throws(IllegalMove) {
        status = try Self.states.status(after: move, from: status)
    }
}
