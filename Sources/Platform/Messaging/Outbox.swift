public import Events
import Foundation
public import Persistence
import Records
import Telemetry
import Time

/// Events that were decided and wait for the broker, in the order of their commits.
///
/// They are rows of the same transaction as the state they tell of, so neither can exist without the other.
public enum Outbox {
    /// What a commit with new rows notifies.
    static let channel = "outbox"

    public static let migrations = [
        Migration(
            "outbox", 1,
            [
                // topic and headers are NULL for the events of this service; its dead letters name both.
                """
                CREATE TABLE outbox (
                    id INTEGER PRIMARY KEY,
                    event_id TEXT NOT NULL, type TEXT NOT NULL, key BLOB, payload BLOB,
                    cause_id TEXT, traceparent TEXT, topic TEXT, headers TEXT,
                    created_at INTEGER NOT NULL, published_at INTEGER, parked_reason TEXT) STRICT
                """,
                "CREATE INDEX outbox_pending ON outbox (id) WHERE published_at IS NULL AND parked_reason IS NULL",
                "CREATE INDEX outbox_parked ON outbox (id) WHERE parked_reason IS NOT NULL",
                "CREATE TABLE outbox_cluster (id INTEGER PRIMARY KEY CHECK (id = 1), cluster TEXT NOT NULL) STRICT",
            ]),
        Migration("outbox", 2, ["ALTER TABLE outbox ADD COLUMN caused_by TEXT"]),
        // How often everything had to be published again.
        Migration("outbox", 3, ["ALTER TABLE outbox_cluster ADD COLUMN generation INTEGER NOT NULL DEFAULT 0"]),
        // The last one that the broker gave in each partition.
        Migration(
            "outbox", 4,
            [
                """
                CREATE TABLE outbox_offsets (
                    topic TEXT NOT NULL, kafka_partition INTEGER NOT NULL, kafka_offset INTEGER NOT NULL,
                    PRIMARY KEY (topic, kafka_partition)) STRICT, WITHOUT ROWID
                """
            ]),
    ]

    private static let ids = UUIDv7()

    /// Queues `events` for publication, if and only if `transaction` commits.
    public static func append(_ events: [any Event], in transaction: Transaction) throws {
        for event in events { try append(event, in: transaction) }
    }

    private static func append<E: Event>(_ event: E, in transaction: Transaction) throws {
        let payload = try EventCoder.encode(event, time: transaction.now)
        try transaction.execute(
            """
            INSERT INTO outbox (event_id, type, key, payload, cause_id, traceparent, caused_by, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                .text(ids.next()), .text(E.type), .blob(Data(event.key.utf8)), .blob(payload),
                .optional(transaction.cause?.id), .optional(transaction.cause?.traceparent),
                .optional(transaction.cause?.by), .time(transaction.now),
            ])
        transaction.notify(channel)
    }

    /// Queues a record for another topic than this service's, headers as given.
    static func append(_ record: OutgoingRecord, id: String, type: String, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO outbox (event_id, type, key, payload, topic, headers, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .text(id), .text(type), record.key.map { .blob($0) } ?? .null,
                record.payload.map { .blob($0) } ?? .null,
                .text(record.topic), try HeaderColumn.value(record.headers), .time(transaction.now),
            ])
        transaction.notify(channel)
    }

    /// Removes what was published and happened before `time`. The age is the event's own: a later publication, to a broker
    /// that lost its memory, does not make an event young again, or it would outlive the inboxes that know it.
    ///
    /// Looks at the oldest rows only, so it costs nothing when none of them is old enough. Parked rows stay, and so does
    /// the newest row: SQLite would give its id again, and the relay counts on ids that only grow.
    @Sendable static func purge(olderThan time: Timestamp, atMost limit: Int, in transaction: Transaction) throws -> Int
    {
        try transaction.execute(
            """
            DELETE FROM outbox WHERE id IN
            (SELECT id FROM outbox WHERE published_at IS NOT NULL AND parked_reason IS NULL ORDER BY id LIMIT $1)
            AND created_at < $2 AND id < (SELECT max(id) FROM outbox)
            """, [.integer(limit), .time(time)])
    }
}
