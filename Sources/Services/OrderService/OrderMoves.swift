import Events
import Messaging
import Persistence

/// Loading an order, moving it and saving it, in one call: nobody forgets a part.
extension Orders {
    /// Follows a move that another context has made. News that is late changes nothing.
    /// - Throws: ``TooEarly`` when the order is not there yet, or not yet where the move begins.
    static func follow(
        _ move: Order.Move, _ orderId: String, in transaction: Transaction,
        with change: (inout Order) -> Void = { _ in }
    ) throws {
        guard let stored = try find(orderId: orderId, in: transaction) else { throw TooEarly("there is no such order") }
        switch Order.states.news(of: move, in: stored.order.status) {
        case .timely: _ = try make(move, on: stored, in: transaction, with: change)
        case .late: break
        case .early: throw TooEarly("the order is still \(stored.order.status.rawValue)")
        }
    }

    /// Makes `move`, saves the order and queues its events: all of it or, when the move is not legal now, none of it.
    /// - Returns: `false` when the order is unknown.
    @discardableResult
    static func make(
        _ move: Order.Move, _ orderId: String, in transaction: Transaction,
        with change: (inout Order) -> Void = { _ in }
    ) throws -> Bool {
        guard let stored = try find(orderId: orderId, in: transaction) else { return false }
        _ = try make(move, on: stored, in: transaction, with: change)
        return true
    }

    /// The same for an order that was read before, perhaps in an earlier transaction.
    /// - Returns: `nil` when the move is not legal, or the row has changed since it was read.
    static func make(
        _ move: Order.Move, on stored: Stored, in transaction: Transaction,
        with change: (inout Order) -> Void = { _ in }
    ) throws -> Stored? {
        var stored = stored
        guard let events = stored.order.make(move) else { return nil }
        change(&stored.order)
        let saved = try transaction.execute(
            """
            UPDATE orders SET status = $1, cmplt_time = $2, reason = $3, version = version + 1
            WHERE id = $4 AND version = $5
            """,
            [
                .text(stored.order.status.rawValue), .optional(stored.order.cmpltTime), .optional(stored.order.reason),
                .integer(stored.id), .integer(stored.version),
            ])
        guard saved == 1 else { return nil }
        stored.version += 1
        try Outbox.append(events, in: transaction)
        return stored
    }
}
