import Events
import Messaging
import Persistence
import SharedKernel
import Time

/// Orders whose payment is under way, or was when something went wrong.
extension Orders {
    private static let pending = "'\(Order.Status.pending.rawValue)'"
    private static let waiting = "'\(Order.Status.waiting.rawValue)'"
    /// An index has these words, so a query that has them as well finds it.
    static let unanswered = "status IN (\(pending), \(waiting)) AND asked_at > 0"
    private static let askedBefore = all.table.select(
        "WHERE \(unanswered) AND asked_at < $1 AND (asked_at, id) > ($2, $3) ORDER BY asked_at, id LIMIT $4")

    /// Those that payment was asked about before `time`, longest ago first.
    /// - Parameter last: they are behind this one.
    static func unpaid(
        askedBefore time: Timestamp, after last: Order?, atMost limit: Int, in connection: any Connection
    ) throws -> [Order] {
        let place = (last?.askedAt ?? Order.never, last?.id ?? 0)
        return try askedBefore.all(
            .time(time), .time(place.0), .integer(place.1), .integer(limit), in: connection)
    }

    /// Notes that payment is asked again.
    static func askAgain(_ order: Order, in transaction: Transaction) throws -> Order {
        var asked = order
        asked.askedAt = transaction.now
        try transaction.execute(
            "UPDATE orders SET asked_at = $1 WHERE id = $2", [.time(asked.askedAt), .integer(order.id)])
        return asked
    }

    /// Makes of the order what payment's answer means, unless it was removed or has moved meanwhile.
    static func settle(_ order: Order, as charge: Charge, in transaction: Transaction) throws {
        switch charge {
        case .approved: try follow(order, in: transaction) { try $0.pay() }
        case .declined(let reason): try follow(order, in: transaction) { try $0.decline(reason: reason) }
        case .notCharged: try release(order, in: transaction)
        case .unknown: break
        }
    }

    private static func follow(
        _ order: Order, in transaction: Transaction, _ move: (inout Order) throws -> [any Event]
    ) throws {
        if let order = try all.find(order.key, in: transaction) { try all.follow(order, in: transaction, move) }
    }

    /// The order was certainly not charged: one that waits may be charged again, or ends where its time is over; any other
    /// one is removed, as an order that is not paid does not come into being. Does nothing when payment has been asked
    /// again since `order` was read.
    static func release(_ order: Order, in transaction: Transaction) throws {
        let asked: [SQLValue] = [.integer(order.id), .time(order.askedAt)]
        try transaction.execute(
            "UPDATE orders SET asked_at = 0 WHERE id = $1 AND asked_at = $2 AND status = \(Self.waiting)", asked)
        try transaction.execute(
            "DELETE FROM orders WHERE id = $1 AND asked_at = $2 AND status = \(Self.pending)", asked)
        if let free = try all.find(id: order.id, in: transaction), free.isInLine,
            free.waitsUntil == nil || free.isGivenUp
        {
            try all.update(free, in: transaction) { try $0.stopWaiting() }
        }
    }
}
