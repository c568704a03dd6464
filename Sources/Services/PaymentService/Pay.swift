import Contracts
import Events
import Messaging
import Persistence

/// The payment for one order.
struct Pay: Aggregate {
    var id: Int
    var version: Int
    let details: OrderDetails
    private(set) var status: Status
    /// Why it was declined or refunded.
    private(set) var reason: String?

    var key: String { details.orderId }

    init(id: Int = 0, version: Int = 1, _ details: OrderDetails, status: Status, reason: String?) {
        (self.id, self.version, self.details) = (id, version, details)
        (self.status, self.reason) = (status, reason)
    }

    /// Decides whether the customer can be charged.
    /// - Parameter limit: won; what a card is good for in one payment.
    static func decide(_ details: OrderDetails, limit: Int) -> Pay {
        details.totPrice <= limit
            ? Pay(details, status: .approved, reason: nil)
            : Pay(details, status: .declined, reason: "결제 한도 \(limit)원을 초과했습니다.")
    }

    /// What the others are told of a new payment: nothing of a declined one.
    var decision: [any Event] { status == .approved ? [PaymentApproved(details, payId: id)] : [] }

    /// Gives the money back.
    mutating func refund(reason: String) throws(IllegalMove) -> [any Event] {
        status = try Self.states.status(after: .refund, from: status)
        self.reason = reason
        return [PaymentCanceled(orderId: key, payId: id, amount: details.totPrice, reason: reason)]
    }
}

/// The life of a payment: its statuses, its moves, and what leads where.
extension Pay {
    enum Status: String, CaseIterable, ColumnValue {
        case approved
        case declined = "payDecline"
        case refunded = "payCxl"

        /// The word on the wire; the example project has none for a payment that stands.
        var wireValue: String? { self == .approved ? nil : rawValue }
    }
    enum Move: String, CaseIterable { case refund }

    /// The whole state machine; a pair that is missing here is an illegal move.
    static let states = StateMachine<Status, Move> { status, move in
        switch (status, move) {
        case (.approved, .refund): .refunded
        default: nil
        }
    }
}
