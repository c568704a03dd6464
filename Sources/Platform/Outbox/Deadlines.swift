public import Persistence

/// Durable timers: "if nothing else happens until then, do this". Rows of the transaction that starts the wait.
public enum Deadlines {
    public static let migrations = [
        Migration(
            "deadlines", 1,
            [
                """
                CREATE TABLE deadlines (
                    name TEXT NOT NULL, key TEXT NOT NULL, due_at INTEGER NOT NULL,
                    PRIMARY KEY (name, key)) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX deadlines_due_at ON deadlines (due_at)",
            ])
    ]

    /// Starts the wait `name` of `key`, or moves its end.
    /// - Parameter due: milliseconds since 1970 UTC; it takes effect at most a second later.
    public static func set(_ name: String, for key: String, at due: Int64, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO deadlines (name, key, due_at) VALUES ($1, $2, $3)
            ON CONFLICT (name, key) DO UPDATE SET due_at = excluded.due_at
            """, [.text(name), .text(key), .integer(due)])
    }

    /// Ends the wait; harmless when there is none.
    public static func clear(_ name: String, for key: String, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM deadlines WHERE name = $1 AND key = $2", [.text(name), .text(key)])
    }
}

/// What happens when a wait of this name ends.
public struct Deadline: Sendable {
    /// Never rename it: rows of the old name would wait for ever.
    public let name: String
    let expire: @Sendable (String, Transaction) throws -> Void

    /// - Parameter expire: runs in the transaction that removes the row; when it throws, it is tried again later.
    public init(_ name: String, expire: @escaping @Sendable (_ key: String, Transaction) throws -> Void) {
        (self.name, self.expire) = (name, expire)
    }
}
