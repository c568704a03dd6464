public import Foundation
public import Records
import Telemetry
import Time

/// The header names of the topic, and how an envelope is written into them and read back.
///
/// `type` is what Spring Cloud Stream conditions look at. A stock consumer gets a raw header as `byte[]`, which never
/// equals a string, unless `spring_json_header_types` says that it is one.
public enum EventHeaders {
    /// Spring's `DefaultRecordHeaderMapper` reads the types of the other headers here.
    private static let springTypes = #"{"type":"java.lang.String","contentType":"java.lang.String"}"#

    /// CloudEvents 1.0 binary mode (`ce_…`), Spring's headers, W3C trace context and the cause.
    public static func write(_ envelope: EventEnvelope) -> [RecordHeader] {
        let type = Data(envelope.type.utf8)
        var headers: [RecordHeader] = [
            .init(name: "type", value: type), .init("contentType", "application/json"),
            .init("spring_json_header_types", springTypes), .init("ce_id", envelope.id),
            .init("ce_source", envelope.source), .init(name: "ce_type", value: type), .init("ce_specversion", "1.0"),
            .init("ce_time", envelope.time.rfc3339), .init("ce_subject", envelope.key),
        ]
        if let cause = envelope.cause {
            headers.append(.init("causationid", cause.id))
            headers.append(.init("traceparent", cause.traceparent))
            if let by = cause.by { headers.append(.init("causedby", by)) }
        }
        return headers
    }

    /// Header `type`, raw or as a JSON string (`"Greeted"` with its quotes).
    /// - Returns: `nil` when it is absent, empty or not UTF-8.
    public static func type(_ raw: Data?) -> String? {
        guard let raw, let text = String(validating: raw, as: UTF8.self) else { return nil }
        let quote = UInt8(ascii: "\"")
        guard text.utf8.count >= 2, text.utf8.first == quote, text.utf8.last == quote else {
            return text.isEmpty ? nil : text
        }
        let bare = String(text.dropFirst().dropLast())
        return bare.isEmpty ? nil : bare
    }
}
