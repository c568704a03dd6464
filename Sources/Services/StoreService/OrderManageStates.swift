import Events
import Persistence

/// The life of an order on the counter: its statuses, its moves, and what leads where.
extension OrderManage {
    /// The words on the wire.
    enum Status: String, CaseIterable, ColumnValue {
        case paid = "orderCmplt"
        case accepted = "orderAccept"
        case cooking = "cookStart"
        case cooked = "cookCmplt"
        case rejected = "orderReject"
    }
    enum Move: String, CaseIterable { case accept, reject, startCooking, finishCooking }

    /// The whole state machine; a pair that is missing here is an illegal move.
    static let states = StateMachine<Status, Move> { status, move in
        switch (status, move) {
        case (.paid, .accept): .accepted
        case (.paid, .reject): .rejected
        case (.accepted, .startCooking): .cooking
        case (.cooking, .finishCooking): .cooked
        default: nil
        }
    }
}
