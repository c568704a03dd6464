import HTTPServer
import Messaging
import Persistence
import ServiceKit
import Time

/// The table of messages, which is the queue of those that are to be sent as well, and how they look over HTTP.
enum Messages {
    static let table = Table(
        "messages",
        Message.init(
            id:version:eventId:channel:notice:orderId:receiver:custId:tel:text:status:isSuperseded:attempts:reason:
            happenedAt:
            dueAt:sentAt:),
        Column("id", \.id, .id), Column("version", \.version, .version), Column("event_id", \.eventId, .fixed),
        Column("channel", \.channel, .fixed), Column("notice", \.notice, .fixed), Column("order_id", \.orderId, .fixed),
        Column("receiver", \.receiver, .fixed), Column("cust_id", \.custId, .fixed), Column("tel", \.tel, .fixed),
        Column("text", \.text, .fixed), Column("status", \.status),
        // Set beside the version by the one who tells more of the order, so it is not written with the rest.
        Column("is_superseded", \.isSuperseded, .fixed),
        Column("attempts", \.attempts), Column("reason", \.reason), Column("happened_at", \.happenedAt, .fixed),
        Column("due_at", \.dueAt), Column("sent_at", \.sentAt), unique: [["event_id", "channel"]],
        more: [
            "CREATE INDEX messages_order_id ON messages (order_id)",
            // What the sender looks for; as small as the queue.
            "CREATE INDEX messages_due ON messages (due_at) WHERE due_at IS NOT NULL",
            "CREATE INDEX messages_superseded ON messages (id) WHERE is_superseded = 1 AND due_at IS NOT NULL",
        ])

    static let migrations =
        table.migrations + [
            // Of each order what waits, the oldest first.
            Migration(
                "messages", 2,
                [
                    """
                    CREATE INDEX messages_waiting ON messages (order_id, happened_at, event_id)
                    WHERE due_at IS NOT NULL
                    """
                ])
        ]

    static let listing = Listing(
        "messages", of: "message", table,
        members: [
            "orderId", "custId", "receiver", "event", "channel", "tel", "text", "status", "attempts", "reason",
            "happenedAt", "sentAt",
        ], groups: [.init("orderId", "order_id")]
    ) { message in
        Item(id: String(message.id), MessageBody(message))
    }

    private struct MessageBody: Encodable {
        var orderId: String?
        var custId, receiver, event, channel, tel, text, status: String
        var attempts: Int
        var reason: String?
        var happenedAt: String
        var sentAt: String?

        init(_ message: Message) {
            (orderId, custId, receiver) = (message.orderId, message.custId, message.receiver.rawValue)
            (event, channel) = (message.notice.rawValue, message.channel.rawValue)
            (tel, text, status) = (
                Telephone.masked(message.tel), Telephone.masked(in: message.text), message.status.rawValue
            )
            (attempts, reason) = (message.attempts, message.reason)
            (happenedAt, sentAt) = (message.happenedAt.rfc3339, message.sentAt?.rfc3339)
        }
    }
}

/// What policies and the sender look for.
extension Messages {
    private static let ofEvent = table.select("WHERE event_id = $1 LIMIT 1")
    private static let ofChannel = table.select("WHERE event_id = $1 AND channel = $2")
    /// Of what happened at one moment the event's id says which was first: the next channel's copy has it as well.
    private static let due = table.select(
        """
        WHERE due_at <= $1 AND NOT EXISTS (
            SELECT 1 FROM messages AS older WHERE older.order_id = messages.order_id AND older.due_at IS NOT NULL
            AND (older.happened_at, older.event_id) < (messages.happened_at, messages.event_id))
        ORDER BY due_at, id LIMIT $2
        """)
    private static let superseded = table.select(
        "WHERE is_superseded = 1 AND due_at IS NOT NULL ORDER BY id LIMIT $1")

    /// Enters the first message of an event; the same again changes nothing while that is kept. When it is purged, the event
    /// is too old to be told (`NOTIFY_MAX_AGE_MINUTES`, less than the retention time).
    /// - Returns: its id.
    static func enter(_ message: Message, in transaction: Transaction) throws -> Int? {
        guard try ofEvent.first(.text(message.eventId), in: transaction) == nil else { return nil }
        return try table.insert(message, in: transaction).id
    }

    static func isThere(_ eventId: String, _ channel: Message.Channel, in connection: any Connection) throws -> Bool {
        try ofChannel.first(.text(eventId), channel.sqlValue, in: connection) != nil
    }

    /// Notes that a newer status of the same order is told.
    static func supersede(_ id: Int, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE messages SET is_superseded = 1 WHERE id = $1 AND due_at IS NOT NULL", [.integer(id)])
    }

    /// To be sent now, what happened first at the front; of an order only the oldest that is not sent yet, so that
    /// nothing overtakes what happened before it.
    static func due(at now: Timestamp, atMost limit: Int, in connection: any Connection) throws -> [Message] {
        try due.all(.time(now), .integer(limit), in: connection)
    }

    /// What can be spared, oldest first.
    static func superseded(atMost limit: Int, in connection: any Connection) throws -> [Message] {
        try superseded.all(.integer(limit), in: connection)
    }

    /// Removes what has ended.
    @Sendable static func purge(olderThan time: Timestamp, atMost limit: Int, in transaction: Transaction) throws -> Int
    {
        try table.removeOldest(
            atMost: limit, where: "due_at IS NULL AND happened_at < $1", [.time(time)], in: transaction)
    }

    /// How many are not sent yet; counts no further than `limit`.
    static func waiting(atMost limit: Int, in connection: any Connection) throws -> Int {
        try connection.first(
            "SELECT count(*) FROM (SELECT 1 FROM messages WHERE due_at IS NOT NULL LIMIT $1) AS found",
            [.integer(limit)]
        ) { try $0.integer(0) } ?? 0
    }
}
