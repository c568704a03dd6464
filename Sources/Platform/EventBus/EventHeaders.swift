public import Foundation
import Telemetry

/// The header names of the topic, and how an envelope is written into them and read back.
///
/// `type` is what Spring Cloud Stream conditions look at. A stock consumer gets a raw header as `byte[]`, which never
/// equals a string, unless `spring_json_header_types` says that it is one.
public enum EventHeaders {
    /// Spring's `DefaultKafkaHeaderMapper` reads the types of the other headers here.
    private static let springTypes = #"{"type":"java.lang.String","contentType":"java.lang.String"}"#

    /// CloudEvents 1.0 binary mode (`ce_…`), Spring's headers, W3C trace context and the cause.
    public static func write(_ envelope: EventEnvelope) -> [(name: String, value: String)] {
        var headers = [
            ("type", envelope.type), ("contentType", "application/json"), ("spring_json_header_types", springTypes),
            ("ce_id", envelope.id), ("ce_source", envelope.source), ("ce_type", envelope.type),
            ("ce_specversion", "1.0"), ("ce_time", Timestamp.rfc3339(envelope.time)), ("ce_subject", envelope.key),
        ]
        if let cause = envelope.cause {
            headers.append(("causationid", cause.id))
            headers.append(("traceparent", cause.traceparent))
        }
        return headers
    }

    /// Header `type`, raw or as a JSON string (`"Greeted"` with its quotes).
    /// - Returns: `nil` when it is absent, empty or not UTF-8.
    public static func type(_ raw: Data?) -> String? {
        guard let raw, var text = String(data: raw, encoding: .utf8) else { return nil }
        if text.count >= 2, text.first == "\"", text.last == "\"" { text = String(text.dropFirst().dropLast()) }
        return text.isEmpty ? nil : text
    }
}
