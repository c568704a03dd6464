import Events
import Foundation
import Records
import Testing

@testable import Messaging

/// Records that nobody should have published.
@Suite(.timeLimit(.minutes(5))) struct PoisonRecordTests {
    enum Poison: String, CaseIterable, Sendable {
        case tombstone, empty, noJSON, cutOff, array, wrongMember, missingMember, nulBytes, invalidUTF8, deep, large
        case noType, emptyType, quotedNothing, invalidType

        var record: EventRecord {
            var record = greeting(offset: 4, id: "poison")
            func payload(_ text: String) { record.payload = Data(text.utf8) }
            func type(_ bytes: Data) { record.headers = [.init(name: "type", value: bytes)] }
            switch self {
            case .tombstone: record.payload = nil
            case .empty: record.payload = Data()
            case .noJSON: payload("hello")
            case .cutOff: payload(#"{"name":"M"#)
            case .array: payload("[1,2]")
            case .wrongMember: payload(#"{"name":7}"#)
            case .missingMember: payload("{}")
            case .nulBytes: record.payload = Data(count: 64)
            case .invalidUTF8: record.payload = Data(#"{"name":""#.utf8) + [0xff, 0xfe] + Data(#""}"#.utf8)
            case .deep: payload(String(repeating: "[", count: 100_000))
            case .large: payload(#"{"name":"\#(String(repeating: "x", count: 1 << 20))"#)
            case .noType: record.headers = []
            case .emptyType: type(Data())
            case .quotedNothing: type(Data("\"\"".utf8))
            case .invalidType: type(Data([0xff, 0xfe]))
            }
            return record
        }
    }

    @Test(
        "A record that cannot be read goes to the dead letters at once, and its neighbours take effect",
        arguments: Poison.allCases)
    func unreadable(poison: Poison) async throws {
        let consumer = try await Consumer([.remember])
        let outcome = try await consumer.handle(greeting("a", offset: 3), poison.record, greeting("b", offset: 5))
        #expect(outcome == .init(next: [0: 6], retry: [:]))
        #expect(try await consumer.store.notes() == ["a", "b"])
        let letters = try await consumer.deadLetters()
        #expect(letters.count == 1)
        #expect(letters.first?.payload == poison.record.payload)
        #expect(letters.first?.key == poison.record.key)
        #expect(letters.first?.header("x-exception-fqcn") == "Events.Undecodable")
    }

    @Test("A null key is legal")
    func nullKey() async throws {
        let consumer = try await Consumer([.remember])
        try await consumer.handle(greeting("Mia", offset: 1, key: nil), greeting("never", offset: 2, key: nil))
        #expect(try await consumer.store.notes() == ["Mia"])
        let letters = try await consumer.deadLetters()
        #expect(letters.map(\.key) == [nil])
    }

    @Test("A key and an event id may hold any bytes", arguments: ["a\u{0}b", "한글", String(repeating: "x", count: 300)])
    func strangeId(id: String) async throws {
        let consumer = try await Consumer([.remember])
        for _ in 0..<2 { try await consumer.handle(greeting(offset: 1, id: id, key: Data([0xff, 0]))) }
        #expect(try await consumer.store.notes() == ["Mia"])
    }

    @Test("A tombstone of a type that nobody listens to is skipped")
    func tombstoneOfOthers() async throws {
        let consumer = try await Consumer([.remember])
        var tombstone = greeting(type: "Sneezed", offset: 4)
        tombstone.payload = nil
        #expect(try await consumer.handle(tombstone).next == [0: 5])
        #expect(try await consumer.store.count("outbox") == 0)
    }

    @Test("The same poison, handed in again after a crash, has the same event id in the dead letters")
    func again() async throws {
        let consumer = try await Consumer([.remember])
        for _ in 0..<2 { try await consumer.handle(Poison.wrongMember.record) }
        #expect(Set(try await consumer.store.texts("SELECT event_id FROM outbox")) == ["poison"])
    }

    @Test("The reason in a dead letter names the member, not its value")
    func reason() async throws {
        let consumer = try await Consumer([.remember])
        var secret = greeting()
        secret.payload = Data(#"{"name":{"secret":"010-1234"}}"#.utf8)
        try await consumer.handle(secret)
        let message = try await consumer.deadLetters().first?.header("x-exception-message")
        #expect(message == "Greeted cannot be read: name has the wrong type")
    }
}
