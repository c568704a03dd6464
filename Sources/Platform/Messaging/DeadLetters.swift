import Events
import Foundation
import Persistence
import Records
import Time

/// The topic for records that no policy of this group can handle: `error.<topic>.<group>`, as Spring Cloud Stream names it.
///
/// The record goes there through the outbox, so it is neither lost nor doubled when the process dies.
public struct DeadLetters: Sendable {
    let group: String

    public static func topic(of topic: String, group: String) -> String { "error.\(topic).\(group)" }

    /// Characters kept of the reason; the rest is in the log.
    private static let reasonLimit = 500

    /// What the inbox knows a letter by, beside ``place(of:)``.
    private static let inboxName = "deadLetters"

    /// An event that is sent again comes from another position, and a topic that was made anew has other events at its
    /// positions.
    private static func place(of record: EventRecord) -> String { "\(record.position) \(record.eventId)" }

    /// Whether this very record, not another with the same event, was set aside before.
    static func has(_ record: EventRecord, in connection: any Connection) throws -> Bool {
        try Inbox.contains(place(of: record), of: inboxName, in: connection)
    }

    /// Sets a record aside, once, also when several policies give it up: sent again, it reaches all of them.
    func append(
        _ record: EventRecord, _ failure: PolicyError, attempts: Int, in transaction: Transaction
    ) throws {
        guard try Inbox.markReceived(Self.place(of: record), record, by: Self.inboxName, in: transaction) else {
            return
        }
        let added = [
            ("x-original-topic", record.topic), ("x-original-partition", String(record.partition)),
            ("x-original-offset", String(record.offset)),
            ("x-original-timestamp", String(record.timestamp.milliseconds)),
            ("x-exception-fqcn", String(reflecting: type(of: failure.cause))),
            ("x-exception-message", String("\(failure.cause)".prefix(Self.reasonLimit))),
            ("x-attempts", String(attempts)), ("x-policy", failure.policy ?? ""),
        ]
        let headers = record.headers + added.map { RecordHeader($0.0, $0.1) }
        let letter = OutgoingRecord(
            topic: Self.topic(of: record.topic, group: group), key: record.key, headers: headers,
            payload: record.payload)
        try Outbox.append(letter, id: record.eventId, type: "DeadLetter", in: transaction)
    }
}
