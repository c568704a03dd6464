import Events
import Foundation
public import Persistence
import Time

/// Events that came before what they build on, each with the one policy that was not ready for it (``TooEarly``).
///
/// Publishers are independent of one another, so an effect may arrive before its cause: after a broker lost its memory,
/// after a dead letter was sent again, or when a service was down between a commit of its neighbour and its own.
public enum EarlyEvents {
    public static let migrations = [
        Migration(
            "earlyEvents", 1,
            [
                """
                CREATE TABLE early_events (
                    id INTEGER PRIMARY KEY, policy TEXT NOT NULL, event_id TEXT NOT NULL,
                    cluster TEXT, topic TEXT NOT NULL, kafka_partition INTEGER NOT NULL, kafka_offset INTEGER NOT NULL,
                    kafka_timestamp INTEGER NOT NULL, key BLOB, headers TEXT NOT NULL, payload BLOB NOT NULL,
                    missing TEXT NOT NULL, since INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
                    retry_at INTEGER NOT NULL, UNIQUE (policy, event_id)) STRICT
                """,
                "CREATE INDEX early_events_key ON early_events (key)",
                "CREATE INDEX early_events_retry_at ON early_events (retry_at)",
            ])
    ]

    /// One key cannot make others wait: what comes for it beyond so many goes to the dead letters at once.
    static let limitPerKey = 100

    /// One policy that waits.
    struct Waiting {
        var id: Int
        var policy: String
        var record: EventRecord
        /// How often the timer has tried it again.
        var tries: Int
    }

    /// Keeps the record for a policy that was not ready for it.
    /// - Throws: ``TooManyEarly`` when too much waits for its key already.
    static func hold(
        _ record: EventRecord, for policy: String, _ reason: TooEarly, in transaction: Transaction
    ) throws {
        if let key = record.key {
            let waiting = try transaction.first(
                "SELECT count(*) FROM early_events WHERE key = $1", [.blob(key)]
            ) { try $0.integer(0) }
            guard waiting ?? 0 < limitPerKey else { throw TooManyEarly() }
        }
        try transaction.execute(
            """
            INSERT INTO early_events (policy, event_id, cluster, topic, kafka_partition, kafka_offset, kafka_timestamp,
                                      key, headers, payload, missing, since, retry_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING
            """,
            [
                .text(policy), .text(record.eventId), .optional(record.cluster), .text(record.topic),
                .integer(record.partition), .integer(record.offset), .time(record.timestamp),
                record.key.map { .blob($0) } ?? .null,
                try HeaderColumn.value(record.headers), .blob(record.payload ?? Data()), .text(reason.description),
                .time(transaction.now), .time(transaction.now + pause(after: 0)),
            ])
    }

    /// How many policies wait, for the metrics.
    public static func count(in connection: any Connection) throws -> Int {
        try connection.first("SELECT count(*) FROM early_events") { try $0.integer(0) } ?? 0
    }

    static func isAnyWaiting(in connection: any Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM early_events LIMIT 1") { _ in true } ?? false
    }

    private static let columns = """
        id, policy, cluster, topic, kafka_partition, kafka_offset, kafka_timestamp, key, headers, payload, tries
        """

    /// What waits for a key, in the order in which it came.
    static func waiting(for key: Data, in connection: any Connection) throws -> [Waiting] {
        try connection.query("SELECT \(columns) FROM early_events WHERE key = $1 ORDER BY id", [.blob(key)], read)
    }

    /// What the timer should try now.
    static func due(atMost limit: Int, now: Timestamp, in connection: any Connection) throws -> [Waiting] {
        try connection.query(
            "SELECT \(columns) FROM early_events WHERE retry_at <= $1 ORDER BY retry_at LIMIT $2",
            [.time(now), .integer(limit)], read)
    }

    static func remove(_ waiting: Waiting, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM early_events WHERE id = $1", [.integer(waiting.id)])
    }

    static func postpone(_ waiting: Waiting, in transaction: Transaction) throws {
        let tries = waiting.tries + 1
        try transaction.execute(
            "UPDATE early_events SET tries = $1, retry_at = $2 WHERE id = $3",
            [.integer(tries), .time(transaction.now + pause(after: tries)), .integer(waiting.id)])
    }

    /// To the next try: 1 s, doubling to a minute.
    static func pause(after tries: Int) -> Duration { min(.seconds(60), .seconds(1 << min(tries, 6))) }

    /// What has passed at least when the timer has tried so often. Counted by tries, because a clock that
    /// jumps makes a try come sooner, but only one.
    static func waited(after tries: Int) -> Duration {
        (0..<tries).reduce(.zero) { $0 + pause(after: $1) }
    }

    private static func read(_ row: any Row) throws -> Waiting {
        let record = EventRecord(
            cluster: try row.optionalText(2), topic: try row.text(3), partition: try row.integer(4),
            offset: try row.integer(5),
            timestamp: try row.time(6), key: try row.optionalBlob(7),
            headers: try HeaderColumn.read(row, 8),
            payload: try row.blob(9))
        return Waiting(id: try row.integer(0), policy: try row.text(1), record: record, tries: try row.integer(10))
    }
}

/// More events of one key are early than an aggregate has: they are somebody's mistake.
struct TooManyEarly: PermanentFailure, CustomStringConvertible {
    var description: String { "\(EarlyEvents.limitPerKey) events of this key are too early already" }
}
