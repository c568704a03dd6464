import Contracts
import Events
import Messaging
import Persistence
import Time

/// The payment for one order.
struct Pay: Aggregate {
    var id: Int
    var version: Int
    let details: OrderDetails
    private(set) var status: Status
    /// Why it was declined or refunded.
    private(set) var reason: String?
    /// Names the charge at a provider outside; `nil` for one of the embedded provider.
    let paymentKey: String?
    /// When the provider is asked again, while it owes an answer: the deadline of the status.
    private(set) var dueAt: Timestamp?
    /// How often it was asked in this status.
    private(set) var tries: Int

    var key: String { details.orderId }
    var charge: Charge {
        Charge(orderId: key, paymentKey: paymentKey, amount: details.totPrice, attempt: attempt)
    }

    init(
        id: Int = 0, version: Int = 1, _ details: OrderDetails, status: Status, reason: String? = nil,
        paymentKey: String? = nil, dueAt: Timestamp? = nil, tries: Int = 0
    ) {
        (self.id, self.version, self.details) = (id, version, details)
        (self.status, self.reason, self.paymentKey) = (status, reason, paymentKey)
        (self.dueAt, self.tries) = (dueAt, tries)
    }

    /// One that the provider outside is about to be asked for.
    static func requested(_ details: OrderDetails, paymentKey: String, now: Timestamp) -> Pay {
        Pay(details, status: .requested, paymentKey: paymentKey, dueAt: now + pause(after: 0))
    }

    /// What the others are told of one that stands; nothing of a declined one.
    var approval: [any Event] { [PaymentApproved(details, payId: id)] }
}

/// The life of a payment: its statuses, its moves, and what leads where.
extension Pay {
    enum Status: String, CaseIterable, ColumnValue {
        case requested = "payReq"
        case approved
        case declined = "payDecline"
        case refunding = "payCxlReq"
        case refunded = "payCxl"

        /// The word on the wire; the example project has none for a payment that stands.
        var wireValue: String? { self == .approved ? nil : rawValue }
    }
    enum Move: String, CaseIterable { case approve, decline, refund, giveBack }

    /// The whole state machine; a pair that is missing here is an illegal move.
    static let states = StateMachine<Status, Move> { status, move in
        switch (status, move) {
        case (.requested, .approve): .approved
        case (.requested, .decline): .declined
        case (.approved, .refund): .refunding
        case (.refunding, .giveBack): .refunded
        default: nil
        }
    }
}

/// The moves. Each returns the events to publish in the transaction that saves the payment; an illegal one changes nothing.
extension Pay {
    mutating func approve() throws(IllegalMove) -> [any Event] {
        try make(.approve)
        return approval
    }

    mutating func decline(reason: String) throws(IllegalMove) -> [any Event] {
        try make(.decline)
        self.reason = reason
        return []
    }

    /// Decides that the money goes back; the provider is asked for it at once.
    mutating func refund(reason: String, now: Timestamp) throws(IllegalMove) -> [any Event] {
        try make(.refund)
        (self.reason, dueAt) = (reason, now)
        return []
    }

    /// The money has gone back.
    mutating func giveBack() throws(IllegalMove) -> [any Event] {
        try make(.giveBack)
        return [PaymentCanceled(orderId: key, payId: id, amount: details.totPrice, reason: reason ?? "")]
    }

    /// The provider has not answered, or has refused a refund: it is asked again later.
    mutating func askLater(isRefused: Bool, now: Timestamp) {
        tries = isRefused ? max(tries + 1, Self.triesOfRefund) : tries + 1
        dueAt = now + nextPause
    }

    private mutating func make(_ move: Move) throws(IllegalMove) {
        status = try Self.states.status(after: move, from: status)
        (dueAt, tries) = (nil, 0)
    }
}
