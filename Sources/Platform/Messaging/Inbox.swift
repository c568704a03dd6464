import Events
public import Persistence
import Time

/// What was handled already: at-least-once delivery becomes effects exactly once.
public enum Inbox {
    public static let migrations = [
        Migration(
            "inbox", 1,
            [
                """
                CREATE TABLE inbox (
                    policy TEXT NOT NULL, event_id TEXT NOT NULL, topic TEXT NOT NULL, kafka_partition INTEGER NOT NULL,
                    kafka_offset INTEGER NOT NULL, received_at INTEGER NOT NULL,
                    PRIMARY KEY (policy, event_id)) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX inbox_received_at ON inbox (received_at)",
            ])
    ]

    /// - Returns: `false` when this policy has handled this event before.
    static func markReceived(
        _ eventId: String, _ record: EventRecord, by policy: String, in transaction: Transaction
    ) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO inbox (policy, event_id, topic, kafka_partition, kafka_offset, received_at)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
            """,
            [
                .text(policy), .text(eventId), .text(record.topic), .integer(Int(record.partition)),
                .integer(record.offset), .time(transaction.now),
            ]) == 1
    }

    static func contains(_ eventId: String, of policy: String, in connection: any Connection) throws -> Bool {
        try connection.first(
            "SELECT 1 FROM inbox WHERE policy = $1 AND event_id = $2", [.text(policy), .text(eventId)]
        ) { _ in true } ?? false
    }

    /// Lets the policy handle the event once more.
    static func forget(_ eventId: String, by policy: String, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM inbox WHERE policy = $1 AND event_id = $2", [.text(policy), .text(eventId)])
    }

    /// Lets the policy handle everything once more.
    static func forget(_ policy: String, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM inbox WHERE policy = $1", [.text(policy)])
    }

    @Sendable static func purge(olderThan time: Timestamp, atMost limit: Int, in transaction: Transaction) throws -> Int
    {
        try transaction.execute(
            """
            DELETE FROM inbox WHERE (policy, event_id) IN
            (SELECT policy, event_id FROM inbox WHERE received_at < $1 ORDER BY received_at LIMIT $2)
            """, [.time(time), .integer(limit)])
    }
}
