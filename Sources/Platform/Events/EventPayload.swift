import Foundation

/// The event of one record, decoded once however many policies react to it. Used on one thread.
public final class EventPayload {
    public let record: EventRecord
    private var event: (any Event)?

    public init(of record: EventRecord) { self.record = record }

    /// - Throws: ``Undecodable``.
    public func decoded<E: Event>(_: E.Type = E.self) throws -> E {
        if let event = event as? E { return event }
        let decoded = try EventCoder.decode(E.self, from: record.payload ?? Data())
        event = decoded
        return decoded
    }
}
