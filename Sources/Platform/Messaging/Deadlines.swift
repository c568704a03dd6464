public import Persistence
import Time

/// Durable timers: "if nothing else happens until then, do this". Rows of the transaction that starts the wait.
///
/// A wait is measured by the machine's ``Uptime``, so a date that jumps ends none, and a restarted process goes on with
/// the rest of each. Only over a restart of the machine the date has to do.
public enum Deadlines {
    public static let migrations = [
        // due_up is due_at in the uptime of that boot.
        Migration(
            "deadlines", 1,
            [
                """
                CREATE TABLE deadlines (
                    name TEXT NOT NULL, key TEXT NOT NULL, due_at INTEGER NOT NULL, boot TEXT NOT NULL,
                    due_up INTEGER NOT NULL, PRIMARY KEY (name, key)) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX deadlines_due_up ON deadlines (due_up)",
            ])
    ]

    /// Starts the wait `name` of `key`, or starts it again.
    /// - Parameter wait: it ends at most a second later.
    public static func set(
        _ name: String, for key: String, after wait: Duration, in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO deadlines (name, key, due_at, boot, due_up) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (name, key) DO UPDATE
            SET due_at = excluded.due_at, boot = excluded.boot, due_up = excluded.due_up
            """,
            [
                .text(name), .text(key), .time(transaction.now + wait), .text(transaction.uptime.boot),
                .integer((transaction.uptime.now() + wait).milliseconds),
            ])
    }

    /// Ends the wait; harmless when there is none.
    public static func clear(_ name: String, for key: String, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM deadlines WHERE name = $1 AND key = $2", [.text(name), .text(key)])
    }

    /// Goes on with waits that began before the machine was started: what the date says is left of them.
    static func adopt(by uptime: Uptime, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE deadlines SET boot = $1, due_up = $2 + CASE WHEN due_at > $3 THEN due_at - $3 ELSE 0 END
            WHERE boot <> $1
            """,
            [.text(uptime.boot), .integer(uptime.now().milliseconds), .time(transaction.now)])
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
