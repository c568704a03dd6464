import Events
import Foundation
import Testing
import Time

struct Moved: Event, Equatable {
    static let type = "Moved"
    var name: String
    var steps: Int
    var place = Place(town: "서울", lat: 37.5665)
    var key: String { name }

    struct Place: Codable, Equatable, Sendable {
        var town: String
        var lat: Double
    }
}

struct Turned: Event {
    enum Side: String, Codable { case left, right }
    static let type = "Turned"
    var side: Side
    var key: String { "x" }
}

struct Ticked: Event, Equatable {
    static let type = "Ticked"
    var key: String { "clock" }
}

/// The payload on the topic.
@Suite struct EventCoderTests {
    private let moved = Moved(name: "Mia", steps: 3)

    @Test("A payload starts with the type and the time, then come the members, flat")
    func prefix() throws {
        let text = String(
            decoding: try EventCoder.encode(moved, time: Timestamp(milliseconds: 1_700_000_000_123)), as: UTF8.self)
        #expect(text.hasPrefix(#"{"eventType":"Moved","timestamp":1700000000123,"name":"Mia","#))
        #expect(text.contains(#""town":"서울""#))
    }

    @Test("An event without members is a payload all the same")
    func noMembers() throws {
        let payload = try EventCoder.encode(Ticked(), time: Timestamp(milliseconds: 5))
        #expect(String(decoding: payload, as: UTF8.self) == #"{"eventType":"Ticked","timestamp":5}"#)
        #expect(try EventCoder.decode(Ticked.self, from: payload) == Ticked())
    }

    @Test("A payload is JSON with the members of the event and two more")
    func json() throws {
        let payload = try EventCoder.encode(moved, time: Timestamp(milliseconds: 5))
        let object = try #require(try JSONSerialization.jsonObject(with: payload) as? [String: Any])
        #expect(Set(object.keys) == ["eventType", "timestamp", "name", "steps", "place"])
        #expect(object["timestamp"] as? Int == 5)
    }

    @Test("What was encoded is decoded", arguments: ["Mia", "", "김치찌개:1", "a/b \"c\" \\ \u{0}\n", "👩‍🍳"])
    func roundTrip(name: String) throws {
        let event = Moved(name: name, steps: .max)
        #expect(
            try EventCoder.decode(Moved.self, from: EventCoder.encode(event, time: Timestamp(milliseconds: 1))) == event
        )
    }

    @Test("Members that a consumer does not know are ignored, their order does not matter")
    func tolerant() throws {
        let payload = #"{"more":[1],"place":{"lat":1,"town":"x","y":2},"steps":3,"timestamp":"soon","name":"Mia"}"#
        let event = try EventCoder.decode(Moved.self, from: Data(payload.utf8))
        #expect(event == Moved(name: "Mia", steps: 3, place: .init(town: "x", lat: 1)))
    }

    @Test("A value that JSON cannot hold is an error of the publisher")
    func notANumber() {
        #expect(throws: EncodingError.self) {
            try EventCoder.encode(
                Moved(name: "Mia", steps: 1, place: .init(town: "x", lat: .nan)), time: Timestamp(milliseconds: 1))
        }
    }

    @Test(
        "A payload that cannot be read names the member, not its value",
        arguments: [
            (#"{"steps":3,"place":{"town":"x","lat":1}}"#, "name is missing"),
            (#"{"name":"Mia","steps":"010-1234","place":{"town":"x","lat":1}}"#, "steps has the wrong type"),
            (#"{"name":null,"steps":1,"place":{"town":"x","lat":1}}"#, "name has the wrong type"),
            (#"{"name":"Mia","steps":3,"place":{"town":7,"lat":1}}"#, "place.town has the wrong type"),
            (#"{"name":"Mia","steps":3.5,"place":{"town":"x","lat":1}}"#, "steps has no legal value"),
            (
                #"{"name":"Mia","steps":99999999999999999999,"place":{"town":"x","lat":1}}"#,
                "steps has no legal value"
            ),
            (#"{"name":"010-1234"#, "not JSON"), ("", "not JSON"), ("[]", "not an object"), ("7", "not an object"),
        ])
    func undecodable(payload: String, reason: String) {
        let error = #expect(throws: Undecodable.self) {
            try EventCoder.decode(Moved.self, from: Data(payload.utf8))
        }
        #expect(error?.description == "Moved cannot be read: \(reason)")
    }

    @Test("A word that an event does not know names its member")
    func unknownWord() {
        let error = #expect(throws: Undecodable.self) {
            try EventCoder.decode(Turned.self, from: Data(#"{"side":"up"}"#.utf8))
        }
        #expect(error?.reason == "side has no legal value")
    }

    @Test("What cannot be read will never be read")
    func permanent() {
        #expect(throws: Undecodable.self) { try EventCoder.decode(Moved.self, from: Data([0xff])) }
    }

    @Test("An envelope holds the event and what is said about it")
    func envelope() throws {
        let envelope = try EventEnvelope(
            moved, id: "e1", time: Timestamp(milliseconds: 5), source: "walker", cause: nil)
        #expect(envelope.type == "Moved")
        #expect(envelope.key == "Mia")
        #expect(envelope.payload == (try EventCoder.encode(moved, time: Timestamp(milliseconds: 5))))
    }
}
