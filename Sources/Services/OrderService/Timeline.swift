import Contracts
import Events
import Foundation
import Messaging
import Persistence

/// What happened to each order in all contexts: one row per event.
enum Timeline {
    private static let migrations = [
        Migration(
            "timeline", 1,
            [
                // Clustered by order: an event costs one row in one tree, beside the others of its order.
                """
                CREATE TABLE timeline (
                    order_id TEXT NOT NULL, event_id TEXT NOT NULL, type TEXT NOT NULL, source TEXT NOT NULL,
                    happened_at INTEGER NOT NULL, cause_id TEXT, caused_by TEXT, detail TEXT,
                    PRIMARY KEY (order_id, event_id)) STRICT, WITHOUT ROWID
                """
            ])
    ]

    /// Every event of an order. Only those whose detail is shown are decoded.
    static let view = View(
        "order.timeline", table: "timeline", migrations,
        [
            keep(OrderPlaced.self), keep(PaymentApproved.self), keep(PaymentDeferred.self) { $0.payBy },
            keep(OrderExpired.self) { $0.reason }, keep(PaymentCanceled.self) { $0.reason },
            keep(StockDecreased.self), keep(StockIncreased.self),
            keep(OrderAccepted.self) { $0.cmpltTime }, keep(OrderRejected.self) { $0.reason },
            keep(OrderCancelRequested.self) { $0.reason }, keep(OrderCanceled.self) { $0.reason },
            keep(OrderCancelRefused.self) { $0.reason }, keep(CookDelayed.self) { $0.cmpltTime },
            keep(CookStarted.self), keep(CookFinished.self),
            keep(RiderOffered.self), keep(RiderAwaited.self), keep(RiderAssigned.self) { $0.riderName },
            keep(RiderReleased.self) { $0.reason }, keep(Picked.self), keep(Delivered.self) { $0.deliveredAt },
            keep(DeliveryFailed.self) { $0.reason }, keep(DeliveryFinished.self), keep(ReviewCreated.self),
        ])

    /// So much of an order's story is shown; a whole delivery has about 15 events.
    private static let limit = 1_000
    /// Bytes of what other publishers put into headers.
    private static let textLimit = 300

    private static func keep<E: Event>(
        _ event: E.Type, detail: (@Sendable (E) -> String)? = nil
    ) -> Policy {
        .record(E.type, "order.timeline.\(E.type)") { payload, transaction in
            let record = payload.record
            // The key is the order's id; only a publisher that sets none makes us look into the payload.
            let key = try record.key.map { String(decoding: $0, as: UTF8.self) } ?? payload.decoded(E.self).key
            guard key.utf8.count <= Limits.text else { return }
            try transaction.execute(
                "INSERT INTO timeline VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
                [
                    .text(key), .text(record.eventId), .text(E.type), .text(text("ce_source", of: record) ?? "?"),
                    .time(record.time), .optional(text("causationid", of: record)),
                    .optional(text("causedby", of: record)), .optional(try detail?(payload.decoded())),
                ])
        }
    }

    private static func text(_ header: String, of record: EventRecord) -> String? {
        record.header(header).map { String(decoding: $0.prefix(textLimit), as: UTF8.self) }
    }

    /// The latest that is known of the order, oldest first.
    static func steps(of orderId: String, in connection: any Connection) throws -> [TimelineStep] {
        try connection.query(
            """
            SELECT event_id, type, source, happened_at, cause_id, caused_by, detail FROM timeline
            WHERE order_id = $1 ORDER BY happened_at DESC, event_id DESC LIMIT $2
            """, [.text(orderId), .integer(limit)]
        ) { row in
            TimelineStep(
                eventId: try row.text(0), type: try row.text(1), source: try row.text(2), time: try row.time(3),
                causeId: try row.optionalText(4), by: try row.optionalText(5), detail: try row.optionalText(6))
        }.reversed()
    }
}
