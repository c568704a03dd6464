import Events
import Messaging
import Persistence

/// A paid order as its customer may judge it: once, after it was delivered.
///
/// Beside the view `/myPages`, because that may be dropped and made anew, and what may be reviewed must be certain then too.
struct Meal: Aggregate {
    var id = 0
    var version = 1
    let orderId: String
    let custId: String
    let storeId: Int
    /// `name:qty,name:qty`
    let orderInfo: String
    private(set) var status = Status.ordered

    var key: String { orderId }
}

/// The life of a meal: its statuses, its moves, and what leads where.
extension Meal {
    enum Status: String, CaseIterable, ColumnValue { case ordered, delivered, reviewed }
    enum Move: String, CaseIterable { case deliver, review }

    /// The whole state machine; a pair that is missing here is an illegal move.
    static let states = StateMachine<Status, Move> { status, move in
        switch (status, move) {
        case (.ordered, .deliver): .delivered
        case (.delivered, .review): .reviewed
        default: nil
        }
    }

    /// - Throws: `IllegalMove`; nothing is changed then.
    mutating func go(_ move: Move) throws(IllegalMove) -> [any Event] {
        status = try Self.states.status(after: move, from: status)
        return []
    }
}
