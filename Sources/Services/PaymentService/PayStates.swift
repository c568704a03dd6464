import Events
import Persistence

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
