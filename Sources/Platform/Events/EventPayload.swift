public import Foundation

/// The bytes of one event, decoded once however many policies react to it. Used on one thread.
public final class EventPayload {
    private let bytes: Data
    private var event: (any Event)?

    public init(_ bytes: Data) { self.bytes = bytes }

    /// - Throws: ``Undecodable``.
    public func decoded<E: Event>(_: E.Type = E.self) throws -> E {
        if let event = event as? E { return event }
        let decoded = try EventCoder.decode(E.self, from: bytes)
        event = decoded
        return decoded
    }
}
