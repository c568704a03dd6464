import Events
import Foundation
import Records
import Telemetry
import Testing
import Time

/// The headers of the topic.
@Suite struct EventHeadersTests {
    private let cause = Cause(
        id: "request-1", traceparent: "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01", by: "PUT /doors/1/open"
    )

    private func written(cause: Cause?) -> [String: String] {
        let envelope = EventEnvelope(
            id: "e1", type: "Moved", key: "Mia", time: Timestamp(milliseconds: 1_700_000_000_123), source: "walker",
            cause: cause,
            payload: Data())
        let headers = EventHeaders.write(envelope)
        #expect(Set(headers.map(\.name)).count == headers.count)
        return Dictionary(headers.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) }) { first, _ in first }
    }

    @Test("A record carries these headers and no others")
    func all() {
        #expect(
            written(cause: cause) == [
                "type": "Moved", "contentType": "application/json",
                "spring_json_header_types": #"{"type":"java.lang.String","contentType":"java.lang.String"}"#,
                "ce_id": "e1", "ce_source": "walker", "ce_type": "Moved", "ce_specversion": "1.0",
                "ce_time": "2023-11-14T22:13:20.123Z", "ce_subject": "Mia", "causationid": "request-1",
                "traceparent": "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01",
                "causedby": "PUT /doors/1/open",
            ])
    }

    @Test("Without a cause there is no header that names one")
    func noCause() {
        let headers = written(cause: nil)
        #expect(headers["causationid"] == nil)
        #expect(headers["traceparent"] == nil)
        #expect(headers["causedby"] == nil)
        #expect(headers.count == 9)
    }

    @Test("The map of header types is JSON that Spring can read")
    func springTypes() throws {
        let types = try #require(written(cause: nil)["spring_json_header_types"])
        let map = try JSONDecoder().decode([String: String].self, from: Data(types.utf8))
        #expect(map == ["type": "java.lang.String", "contentType": "java.lang.String"])
    }

    @Test(
        "The type is accepted raw or quoted as JSON",
        arguments: [("Moved", "Moved"), ("\"Moved\"", "Moved"), ("움직임", "움직임"), ("a\"b", "a\"b"), ("\"", "\"")])
    func type(raw: String, expected: String) {
        #expect(EventHeaders.type(Data(raw.utf8)) == expected)
    }

    @Test(
        "A type that is absent, empty or not UTF-8 is none",
        arguments: [nil, Data(), Data("\"\"".utf8), Data([0xff, 0xfe]), Data([0x22, 0xff, 0x22])])
    func noType(raw: Data?) { #expect(EventHeaders.type(raw) == nil) }
}

/// A record as others may have written it.
@Suite struct EventRecordTests {
    private func record(_ headers: [(String, Data)], cluster: String? = "c1") -> EventRecord {
        EventRecord(
            cluster: cluster, topic: "greetings", partition: 3, offset: 41,
            headers: headers.map { .init(name: $0.0, value: $0.1) })
    }

    @Test("The event id is the publisher's")
    func id() { #expect(record([("ce_id", Data("e1".utf8))]).eventId == "e1") }

    @Test(
        "Where a publisher sets no usable id, the position is the id",
        arguments: [nil, Data(), Data([0xff]), Data(String(repeating: "x", count: 256).utf8)])
    func position(id: Data?) {
        #expect(record(id.map { [("ce_id", $0)] } ?? []).eventId == "c1/greetings/3/41")
    }

    @Test("A position without a known cluster is still one")
    func unknownCluster() { #expect(record([], cluster: nil).eventId == "greetings/3/41") }

    @Test("An id of 255 bytes is still one")
    func longestId() {
        let id = String(repeating: "x", count: 255)
        #expect(record([("ce_id", Data(id.utf8))]).eventId == id)
    }

    @Test("Of several headers of one name the last counts")
    func last() {
        let record = record([("type", Data("First".utf8)), ("type", Data("Last".utf8))])
        #expect(record.type == "Last")
        #expect(record.header("type") == Data("Last".utf8))
    }

    @Test("A header that is not UTF-8 is no text, but still a header")
    func invalid() {
        let record = record([("colour", Data([0xff]))])
        #expect(record.text("colour") == nil)
        #expect(record.header("colour") == Data([0xff]))
    }

    @Test("What was written is read back")
    func roundTrip() throws {
        let envelope = try EventEnvelope(
            Moved(name: "Mia", steps: 1), id: "e1", time: Timestamp(milliseconds: 5), source: "walker", cause: nil)
        let record = record(EventHeaders.write(envelope).map { ($0.name, $0.value) })
        #expect(record.type == "Moved")
        #expect(record.eventId == "e1")
    }
}
