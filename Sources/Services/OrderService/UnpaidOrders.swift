import Persistence
import Time

/// Orders whose payment is under way, or was when something went wrong.
extension Orders {
    /// Those that payment was asked about before `time`, longest ago first.
    static func unpaid(askedBefore time: Timestamp, atMost limit: Int, in connection: any Connection) throws
        -> [UnpaidOrder]
    {
        try connection.query(
            "SELECT order_id, asked_at FROM orders WHERE status = 'payWait' AND asked_at < $1 ORDER BY asked_at LIMIT $2",
            [.time(time), .integer(limit)]
        ) { UnpaidOrder(orderId: try $0.text(0), askedAt: try $0.time(1)) }
    }

    /// Notes that payment is asked again.
    static func askAgain(_ orderId: String, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE orders SET asked_at = $1 WHERE order_id = $2 AND status = 'payWait'",
            [.time(transaction.now), .text(orderId)])
    }

    /// Removes an order that was certainly not charged: an order that is not paid does not come into being. Does
    /// nothing when payment has been asked again meanwhile.
    static func abandon(_ unpaid: UnpaidOrder, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM orders WHERE order_id = $1 AND asked_at = $2 AND status = 'payWait'",
            [.text(unpaid.orderId), .time(unpaid.askedAt)])
    }
}

/// An order and the attempt to pay it.
struct UnpaidOrder: Sendable, Equatable {
    var orderId: String
    var askedAt: Timestamp
}
