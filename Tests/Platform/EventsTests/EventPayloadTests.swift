import Events
import Foundation
import Testing

@Suite struct EventPayloadTests {
    @Test("A payload that several policies share is decoded for each event type that is asked for")
    func shared() throws {
        let payload = EventPayload(
            of: EventRecord(
                topic: "walks", partition: 0, offset: 0,
                payload: Data(#"{"name":"Mia","steps":3,"place":{"town":"x","lat":1}}"#.utf8)))
        let expected = Moved(name: "Mia", steps: 3, place: .init(town: "x", lat: 1))
        #expect(try payload.decoded(Moved.self) == expected)
        #expect(try payload.decoded(Ticked.self) == Ticked())
        #expect(try payload.decoded(Moved.self) == expected)
        #expect(throws: Undecodable.self) { try payload.decoded(Turned.self) }
    }
}
