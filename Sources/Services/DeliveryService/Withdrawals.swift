import Persistence
import Time

/// Orders that ended before they were heard of: many are never accepted, so nothing waits for that here.
enum Withdrawals {
    struct Withdrawal: Record {
        var id = 0
        let orderId: String
        let reason: String
        let createdAt: Timestamp
    }

    static let table = Table(
        "withdrawals", Withdrawal.init(id:orderId:reason:createdAt:), Column("id", \.id, .id),
        Column("order_id", \.orderId, .unique, .fixed), Column("reason", \.reason, .fixed),
        Column("created_at", \.createdAt, .fixed, .since(2, value: "0")), isCounted: false)

    private static let byOrder = table.select("WHERE order_id = $1")

    static func find(_ orderId: String, in connection: any Connection) throws -> Withdrawal? {
        try byOrder.first(.text(orderId), in: connection)
    }

    static func enter(_ orderId: String, reason: String, in transaction: Transaction) throws {
        guard try find(orderId, in: transaction) == nil else { return }
        _ = try table.insert(
            Withdrawal(orderId: orderId, reason: reason, createdAt: transaction.now), in: transaction)
    }

    /// What is accepted after that is too old to be brought, unless `RETENTION_HOURS` is less than a day.
    @Sendable static func purge(olderThan time: Timestamp, atMost limit: Int, in transaction: Transaction) throws -> Int
    {
        try table.removeOldest(atMost: limit, where: "created_at < $1", [.time(time)], in: transaction)
    }
}
