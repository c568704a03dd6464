import Events
import Messaging
import Persistence
import Time

/// Orders whose payment is under way, or was when something went wrong.
extension Orders {
    private static let askedBefore = all.table.select(
        "WHERE status = '\(Order.Status.pending.rawValue)' AND asked_at < $1 ORDER BY asked_at LIMIT $2")

    /// Those that payment was asked about before `time`, longest ago first.
    static func unpaid(askedBefore time: Timestamp, atMost limit: Int, in connection: any Connection) throws -> [Order]
    {
        try askedBefore.all(.time(time), .integer(limit), in: connection)
    }

    /// Notes that payment is asked again.
    static func askAgain(_ order: Order, in transaction: Transaction) throws -> Order {
        var asked = order
        asked.askedAt = transaction.now
        try transaction.execute(
            "UPDATE orders SET asked_at = $1 WHERE id = $2", [.time(asked.askedAt), .integer(order.id)])
        return asked
    }

    /// Makes the move that payment's answer means, unless the order was abandoned or has moved meanwhile.
    static func settle(
        _ order: Order, in transaction: Transaction, _ move: (inout Order) throws -> [any Event]
    ) throws {
        if let order = try all.find(order.key, in: transaction) { try all.follow(order, in: transaction, move) }
    }

    /// Removes an order that was certainly not charged: an order that is not paid does not come into being. Does
    /// nothing when payment has been asked again since `order` was read.
    static func abandon(_ order: Order, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM orders WHERE id = $1 AND asked_at = $2 AND status = '\(Order.Status.pending.rawValue)'",
            [.integer(order.id), .time(order.askedAt)])
    }
}
