import Persistence

/// Orders whose payment is under way, or was when something went wrong.
extension Orders {
    /// Those that payment was asked about before `time` (milliseconds since 1970 UTC), longest ago first.
    static func unpaid(askedBefore time: Int64, atMost limit: Int, in connection: any Connection) throws
        -> [UnpaidOrder]
    {
        try connection.query(
            "SELECT order_id, asked_at FROM orders WHERE status = 'payWait' AND asked_at < $1 ORDER BY asked_at LIMIT $2",
            [.integer(time), .int(limit)]
        ) { UnpaidOrder(orderId: $0.text(0), askedAt: $0.integer(1)) }
    }

    /// Notes that payment is asked again.
    static func askAgain(_ orderId: String, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE orders SET asked_at = $1 WHERE order_id = $2 AND status = 'payWait'",
            [.integer(transaction.now), .text(orderId)])
    }

    /// Removes an order that was certainly not charged: an order that is not paid does not come into being. Does
    /// nothing when payment has been asked again meanwhile.
    static func abandon(_ unpaid: UnpaidOrder, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM orders WHERE order_id = $1 AND asked_at = $2 AND status = 'payWait'",
            [.text(unpaid.orderId), .integer(unpaid.askedAt)])
    }
}

/// An order and the attempt to pay it.
struct UnpaidOrder: Sendable, Equatable {
    var orderId: String
    var askedAt: Int64
}
