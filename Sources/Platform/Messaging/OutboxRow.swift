import Events
import Foundation
import Persistence
import Records
import Telemetry

/// A row of the outbox on its way to the broker.
struct OutboxRow {
    var id: Int
    var record: OutgoingRecord

    /// The rows of `range` that still have to be published, oldest first.
    static func pending(
        _ range: ClosedRange<Int>, atMost limit: Int, topic: String, source: String, in connection: any Connection
    ) throws -> [OutboxRow] {
        try connection.query(
            """
            SELECT id, event_id, type, key, payload, cause_id, traceparent, topic, headers, created_at, caused_by
            FROM outbox
            WHERE published_at IS NULL AND parked_reason IS NULL AND id BETWEEN $1 AND $2 ORDER BY id LIMIT $3
            """,
            [.integer(range.lowerBound), .integer(range.upperBound), .integer(limit)]
        ) { row in
            OutboxRow(id: try row.integer(0), record: try Self.record(row, topic: topic, source: source))
        }
    }

    private static func record(_ row: any Row, topic: String, source: String) throws -> OutgoingRecord {
        let key = try row.optionalBlob(3)
        let payload = try row.optionalBlob(4)
        if let topic = try row.optionalText(7) {
            return OutgoingRecord(topic: topic, key: key, headers: try HeaderColumn.read(row, 8), payload: payload)
        }
        let cause = try row.optionalText(5).map {
            Cause(id: $0, traceparent: try row.text(6), by: try row.optionalText(10))
        }
        let envelope = EventEnvelope(
            id: try row.text(1), type: try row.text(2), key: String(decoding: key ?? Data(), as: UTF8.self),
            time: try row.time(9), source: source, cause: cause, payload: payload ?? Data())
        return OutgoingRecord(topic: topic, key: key, headers: EventHeaders.write(envelope), payload: payload)
    }

    /// Marks rows as published, but not those that were parked or already marked. Usually one run of ids, which is one
    /// statement.
    /// - Returns: how many it marked.
    static func markPublished(_ ids: [Int], in transaction: Transaction) throws -> Int {
        try runs(of: ids.sorted()).reduce(0) { count, run in
            try count
                + transaction.execute(
                    """
                    UPDATE outbox SET published_at = $1
                    WHERE id BETWEEN $2 AND $3 AND published_at IS NULL AND parked_reason IS NULL
                    """,
                    [.time(transaction.now), .integer(run.lowerBound), .integer(run.upperBound)])
        }
    }

    /// Ascending ids as ranges without gaps.
    private static func runs(of ids: [Int]) -> [ClosedRange<Int>] {
        ids.reduce(into: []) { runs, id in
            if let last = runs.last, last.upperBound + 1 == id {
                runs[runs.count - 1] = last.lowerBound...id
            } else {
                runs.append(id...id)
            }
        }
    }

    /// Takes a row that the broker will never accept out of the line; it stays in the table with the reason.
    static func park(_ id: Int, reason: String, in transaction: Transaction) throws {
        try transaction.execute("UPDATE outbox SET parked_reason = $1 WHERE id = $2", [.text(reason), .integer(id)])
    }

    /// The cluster that has the published rows; `nil` before the first.
    static func cluster(in connection: any Connection) throws -> String? {
        try connection.first("SELECT cluster FROM outbox_cluster") { try $0.text(0) }
    }

    static func note(cluster: String, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO outbox_cluster (id, cluster) VALUES (1, $1)
            ON CONFLICT (id) DO UPDATE SET cluster = excluded.cluster
            """, [.text(cluster)])
    }

    /// Grows when everything has to be published again: what the broker has answered before counts for nothing then.
    static func generation(in connection: any Connection) throws -> Int {
        try connection.first("SELECT generation FROM outbox_cluster") { try $0.integer(0) } ?? 0
    }

    static func beginGeneration(in transaction: Transaction) throws {
        try transaction.execute("UPDATE outbox_cluster SET generation = generation + 1")
    }

    /// Makes published rows pending again, some of those behind row `id`: all at once would hold up every order for long.
    /// - Returns: how many, and the last row that was looked at; `nil` when there is none behind `id`.
    static func forgetPublished(
        after id: Int, atMost limit: Int, in transaction: Transaction
    ) throws -> (count: Int, last: Int)? {
        let rows = "SELECT id FROM outbox WHERE id > $1 ORDER BY id LIMIT $2"
        let end = try transaction.first(
            "SELECT max(id) FROM (\(rows)) AS found", [.integer(id), .integer(limit)]
        ) { try $0.optionalInteger(0) }
        guard let last = end ?? nil else { return nil }
        let count = try transaction.execute(
            "UPDATE outbox SET published_at = NULL WHERE id > $1 AND id <= $2 AND published_at IS NOT NULL",
            [.integer(id), .integer(last)])
        return (count, last)
    }
}
