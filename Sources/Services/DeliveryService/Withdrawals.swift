import Persistence

/// Orders that ended before they were heard of: many are never accepted, so nothing waits for that here.
enum Withdrawals {
    struct Withdrawal: Record {
        var id = 0
        let orderId: String
        let reason: String
    }

    static let table = Table(
        "withdrawals", Withdrawal.init(id:orderId:reason:), Column("id", \.id, .id),
        Column("order_id", \.orderId, .unique, .fixed), Column("reason", \.reason, .fixed), isCounted: false)

    private static let byOrder = table.select("WHERE order_id = $1")

    static func find(_ orderId: String, in connection: any Connection) throws -> Withdrawal? {
        try byOrder.first(.text(orderId), in: connection)
    }

    static func enter(_ orderId: String, reason: String, in transaction: Transaction) throws {
        guard try find(orderId, in: transaction) == nil else { return }
        _ = try table.insert(Withdrawal(orderId: orderId, reason: reason), in: transaction)
    }
}
