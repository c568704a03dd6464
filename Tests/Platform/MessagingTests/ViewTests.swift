import Events
import Foundation
import Persistence
import Records
import Testing
import Time

@testable import Messaging

private struct Opened: Event {
    static let type = "Opened"
    var name: String
    var key: String { name }
}

private struct Guest: StatusRow, Equatable {
    enum Status: String, ColumnValue { case known, opened, greeted, parted }

    var id = 0
    let name: String
    var status: Status
    var word: String?

    static let table = Table(
        "guests", Guest.init(id:name:status:word:), Column("id", \.id, .id), Column("name", \.name, .unique, .fixed),
        Column("status", \.status), Column("word", \.word))
}

@Suite("Views from a table", .timeLimit(.minutes(5))) struct ViewTests {
    private static let view = View(
        "porter.guests", Guest.table, key: "name",
        [
            .create(.known, 10, on: Opened.self) { Guest(name: $0.name, status: .known) },
            .show(.greeted, 20, on: Greeted.self) { $0.word = $1.name },
            .show(.parted, 30, on: Parted.self),
        ])

    private func consumer(_ view: View = view) async throws -> Consumer {
        let consumer = try await Consumer(view.policies)
        try await consumer.store.database.migrate(RowCounts.migrations + view.migrations)
        return consumer
    }

    private func record(_ type: String, _ name: String = "Mia", id: String) -> EventRecord {
        greeting(name, type: type, id: id, key: Data(name.utf8))
    }

    private func shown(_ consumer: Consumer) async throws -> [String] {
        try await consumer.store.texts("SELECT name || ' ' || status || ' ' || coalesce(word, '-') FROM guests")
    }

    @Test("Its policies are named after it and their events")
    func names() {
        #expect(
            Self.view.policies.map(\.name) == ["porter.guests.Opened", "porter.guests.Greeted", "porter.guests.Parted"])
        #expect(!Self.view.policies.map(\.isProjection).contains(false))
    }

    @Test("The row moves forward only, shows what each event brings, and waits for the event it begins with")
    func forward() async throws {
        let consumer = try await consumer()
        try await consumer.handle(record("Parted", id: "p"))
        #expect(try await shown(consumer) == [])
        try await consumer.handle(record("Opened", id: "o"))
        #expect(try await shown(consumer) == ["Mia parted -"])
        try await consumer.handle(record("Greeted", id: "g"))
        #expect(try await shown(consumer) == ["Mia parted Mia"])
        try await consumer.handle(record("Opened", id: "o2"))
        #expect(try await shown(consumer) == ["Mia parted Mia"])
    }

    @Test("A status that is put between two others turns no row back")
    func inserted() async throws {
        let consumer = try await consumer()
        for (type, id) in [("Opened", "o"), ("Greeted", "g")] { try await consumer.handle(record(type, id: id)) }
        let wider = View(
            "porter.guests", Guest.table, key: "name",
            [
                .create(.known, 10, on: Parted.self) { Guest(name: $0.name, status: .known) },
                .show(.opened, 15, on: Opened.self), .show(.greeted, 20, on: Greeted.self),
            ])
        let opened = record("Opened", id: "again")
        try await consumer.store.database.write { transaction in
            let show = wider.policies.first { $0.eventType == "Opened" }
            try show?.react(EventPayload(of: opened), transaction)
        }
        #expect(try await shown(consumer) == ["Mia greeted Mia"])
    }

    @Test(
        "Where two events can begin the row, it is made by the first to come and shows the further one, in either order"
    )
    func twoBeginnings() async throws {
        let view = View(
            "porter.guests", Guest.table, key: "name",
            [
                .create(.known, 10, on: Opened.self) { Guest(name: $0.name, status: .known) },
                .create(.opened, 15, on: Parted.self) { Guest(name: $0.name, status: .opened) },
                .show(.greeted, 20, on: Greeted.self) { $0.word = $1.name },
            ])
        for types in [["Opened", "Parted"], ["Parted", "Opened"]] {
            let consumer = try await consumer(view)
            for type in types { try await consumer.handle(record(type, id: type)) }
            #expect(try await shown(consumer) == ["Mia opened -"])
            try await consumer.handle(record("Greeted", id: "g"))
            for type in types { try await consumer.handle(record(type, id: "\(type) again")) }
            #expect(try await shown(consumer) == ["Mia greeted Mia"])
        }
    }

    @Test("Two events may show the same status")
    func sameStatus() async throws {
        let view = View(
            "porter.guests", Guest.table, key: "name",
            [
                .create(.known, 10, on: Opened.self) { Guest(name: $0.name, status: .known) },
                .show(.greeted, 20, on: Greeted.self) { $0.word = $0.word ?? $1.name },
                .show(.greeted, 20, on: Parted.self) { $0.word = "\($1.name) again" },
            ])
        let consumer = try await consumer(view)
        try await consumer.handle(record("Opened", id: "o"))
        try await consumer.handle(record("Parted", id: "p"))
        #expect(try await shown(consumer) == ["Mia greeted Mia again"])
        try await consumer.handle(record("Greeted", id: "g"))
        #expect(try await shown(consumer) == ["Mia greeted Mia again"])
    }

    @Test("A view that is rebuilt is the same when its events come again, and nobody else handles them again")
    func rebuilt() async throws {
        let view = Self.view
        let consumer = try await Consumer(view.policies + [.remember])
        try await consumer.store.database.migrate(RowCounts.migrations + view.migrations)
        let records = [
            record("Opened", id: "o"), record("Greeted", id: "g"), record("Opened", "Leo", id: "l"),
            record("Parted", "Leo", id: "lp"),
        ]
        for record in records { try await consumer.handle(record) }
        let (before, notes) = (try await shown(consumer), try await consumer.store.notes())
        #expect(before == ["Mia greeted Mia", "Leo parted -"] && notes == ["Mia"])
        try await consumer.store.database.write { transaction in
            try ReadMarksTable.write(
                ReadMarks([TopicPartition("greetings", 0): ReadMarks.Mark(cluster: "c", offset: 9)]), in: transaction)
        }
        try await view.rebuild(in: consumer.store.database)
        #expect(try await shown(consumer) == [])
        #expect(try await consumer.store.count("read_marks") == 0, "the next start reads the topic from its beginning")
        for record in records { try await consumer.handle(record) }
        #expect(try await shown(consumer) == before)
        #expect(try await consumer.store.notes() == notes)
    }
}
