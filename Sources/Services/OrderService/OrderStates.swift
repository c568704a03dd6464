import Events
import Persistence

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
