import EventBus
import Foundation
import Persistence
import Telemetry

/// A row of the outbox on its way to the broker.
struct OutboxRow {
    var id: Int64
    var record: OutgoingRecord

    /// The rows that still have to be published, oldest first.
    static func pending(
        atMost limit: Int, topic: String, source: String, in connection: any Connection
    ) throws -> [OutboxRow] {
        try connection.query(
            """
            SELECT id, event_id, type, key, payload, cause_id, traceparent, topic, headers, created_at FROM outbox
            WHERE published_at IS NULL AND parked_reason IS NULL ORDER BY id LIMIT $1
            """,
            [.int(limit)]
        ) { row in
            OutboxRow(id: row.integer(0), record: try Self.record(row, topic: topic, source: source))
        }
    }

    private static func record(_ row: any Row, topic: String, source: String) throws -> OutgoingRecord {
        let key = row.isNull(3) ? nil : row.blob(3)
        let payload = row.isNull(4) ? nil : row.blob(4)
        if let topic = row.optionalText(7) {
            return OutgoingRecord(topic: topic, key: key, headers: try HeaderColumn.read(row, 8), payload: payload)
        }
        let cause = row.optionalText(5).map { Cause(id: $0, traceparent: row.text(6)) }
        let envelope = EventEnvelope(
            id: row.text(1), type: row.text(2), key: String(decoding: key ?? Data(), as: UTF8.self),
            time: row.integer(9), source: source, cause: cause, payload: payload ?? Data())
        let headers = EventHeaders.write(envelope).map { EventRecord.Header(name: $0.name, value: Data($0.value.utf8)) }
        return OutgoingRecord(topic: topic, key: key, headers: headers, payload: payload)
    }

    /// Marks the rows of `range` as published, but not those that were parked or already marked.
    /// - Returns: how many it marked.
    static func markPublished(_ range: ClosedRange<Int64>, in transaction: Transaction) throws -> Int {
        try transaction.execute(
            """
            UPDATE outbox SET published_at = $1
            WHERE id BETWEEN $2 AND $3 AND published_at IS NULL AND parked_reason IS NULL
            """,
            [.integer(transaction.now), .integer(range.lowerBound), .integer(range.upperBound)])
    }

    /// Takes a row that the broker will never accept out of the line; it stays in the table with the reason.
    static func park(_ id: Int64, reason: String, in transaction: Transaction) throws {
        try transaction.execute("UPDATE outbox SET parked_reason = $1 WHERE id = $2", [.text(reason), .integer(id)])
    }
}
