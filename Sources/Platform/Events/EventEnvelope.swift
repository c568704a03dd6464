public import Foundation
import JSONCoding
public import Telemetry
public import Time

/// An event as it travels: what is in the headers in the clear, the payload still encoded.
public struct EventEnvelope: Sendable, Equatable {
    /// CloudEvents `id`, a UUIDv7; the inbox key.
    public var id: String
    public var type: String
    public var key: String
    /// When the fact became true.
    public var time: Timestamp
    /// CloudEvents `source`: the publishing service.
    public var source: String
    /// The request or event that this one follows from, and the trace both belong to.
    public var cause: Cause?
    /// Flat JSON, `eventType` and `timestamp` first.
    public var payload: Data

    public init(id: String, type: String, key: String, time: Timestamp, source: String, cause: Cause?, payload: Data) {
        (self.id, self.type, self.key, self.time, self.source) = (id, type, key, time, source)
        (self.cause, self.payload) = (cause, payload)
    }

    /// - Throws: `EncodingError` when the event has a value JSON cannot hold.
    public init<E: Event>(_ event: E, id: String, time: Timestamp, source: String, cause: Cause?) throws {
        self.init(
            id: id, type: E.type, key: event.key, time: time, source: source, cause: cause,
            payload: try EventCoder.encode(event, time: time))
    }
}

/// JSON as Spring's `AbstractEvent` writes it: `{"eventType":"…","timestamp":…, …}`.
public enum EventCoder {
    public static func encode<E: Event>(_ event: E, time: Timestamp) throws -> Data {
        try JSONObject.text {
            $0.add("eventType", E.type)
            $0.add("timestamp", time.milliseconds)
            try $0.add(membersOf: event)
        }
    }

    /// Reads an event and checks its members.
    /// - Throws: ``Undecodable``; trying again does not help.
    public static func decode<E: Event>(_: E.Type, from payload: Data) throws -> E {
        let event: E
        do { event = try JSONCoder.decode(E.self, from: payload) } catch {
            throw Undecodable(type: E.type, reason: Undecodable.describe(error))
        }
        let violations = event.violations
        guard violations.isEmpty else {
            throw Undecodable(type: E.type, reason: violations.joined(separator: ", "))
        }
        return event
    }
}

/// The payload is not what its type promises. A policy that meets it can never succeed.
public struct Undecodable: PermanentFailure, CustomStringConvertible {
    public var type: String
    public var reason: String
    public var description: String { "\(type) cannot be read: \(reason)" }

    public init(type: String, reason: String) { (self.type, self.reason) = (type, reason) }

    /// Names the member, never its value.
    static func describe(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "\(key.stringValue) is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            context.codingPath.isEmpty ? "not an object" : "\(path(context)) has the wrong type"
        case DecodingError.dataCorrupted(let context): "\(path(context)) has no legal value"
        default: "not JSON"
        }
    }

    private static func path(_ context: DecodingError.Context) -> String {
        context.codingPath.map(\.stringValue).joined(separator: ".")
    }
}

/// An error that no later attempt can mend: the record goes to the dead letters at once.
public protocol PermanentFailure: Error {}
