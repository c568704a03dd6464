import Persistence
import Time

/// The payment books: entries are only ever added, so charged − refunded can be checked at any time.
enum Ledger {
    enum Kind: String, Sendable { case charge, refund }

    static let migrations = [
        Migration(
            "ledger", 1,
            [
                // One charge and one refund per order at most, whatever is delivered twice or late.
                """
                CREATE TABLE ledger_entries (
                    id INTEGER PRIMARY KEY, pay_id INTEGER NOT NULL REFERENCES pays (id),
                    order_id TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('charge', 'refund')),
                    amount INTEGER NOT NULL CHECK (amount >= 0), entered_at INTEGER NOT NULL,
                    UNIQUE (order_id, kind)) STRICT
                """
            ])
    ]

    /// - Parameter amount: won, ≥ 0; the kind says which way the money went.
    static func enter(
        _ kind: Kind, payId: Int, _ orderId: String, amount: Int, in transaction: Transaction
    ) throws {
        try transaction.execute(
            "INSERT INTO ledger_entries (pay_id, order_id, kind, amount, entered_at) VALUES ($1, $2, $3, $4, $5)",
            [.integer(payId), .text(orderId), .text(kind.rawValue), .integer(amount), .time(transaction.now)])
    }

    struct Entry: Sendable {
        var id: Int
        var payId: Int
        var orderId: String
        var kind: String
        /// Won, ≥ 0.
        var amount: Int
        var enteredAt: Timestamp
    }

    static let columns = "id, pay_id, order_id, kind, amount, entered_at"

    static func read(_ row: any Row) throws -> Entry {
        Entry(
            id: try row.integer(0), payId: try row.integer(1), orderId: try row.text(2), kind: try row.text(3),
            amount: try row.integer(4),
            enteredAt: try row.time(5))
    }
}
