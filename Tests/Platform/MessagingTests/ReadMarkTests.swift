import Events
import Persistence
import Records
import Testing

@testable import Messaging

/// How far the database says that it has read.
@Suite(.timeLimit(.minutes(5))) struct ReadMarkTests {
    private let consumer: Consumer

    init() async throws { consumer = try await Consumer([.remember]) }

    private func record(
        _ name: String, _ offset: Int, type: String = "Greeted", cluster: String? = "c", partition: Int = 0
    ) -> EventRecord {
        var record = greeting(name, type: type, partition: partition, offset: offset, id: name)
        record.cluster = cluster
        return record
    }

    private func marks() async throws -> ReadMarks {
        try await consumer.store.database.read { try ReadMarksTable.read(in: $0) }
    }

    private func marks(_ offsets: [Int: Int], in cluster: String = "c") -> ReadMarks {
        ReadMarks(
            Dictionary(
                uniqueKeysWithValues: offsets.map { partition, offset in
                    (TopicPartition("greetings", partition), ReadMarks.Mark(cluster: cluster, offset: offset))
                }))
    }

    @Test("What was handled moves the marks of its partitions, in the commit that handled it")
    func handled() async throws {
        try await consumer.handle(record("Mia", 4), record("Leo", 5), record("Ada", 7, partition: 1))
        #expect(try await marks() == marks([0: 6, 1: 8]))
    }

    @Test("The mark stays before a record that failed for now")
    func failed() async throws {
        try await consumer.handle(record("Mia", 4), record("later", 5), record("Leo", 6))
        #expect(try await marks() == marks([0: 5]))
    }

    @Test("What was skipped is noted when asked for, and does not move a mark back")
    func skipped() async throws {
        try await consumer.handle(record("x", 4, type: "Other"))
        #expect(try await marks() == ReadMarks())
        try await consumer.noteSkipped()
        #expect(try await marks() == marks([0: 5]))
        try await consumer.handle(record("y", 5, type: "Other"))
        try await consumer.handle(record("Mia", 6))
        try await consumer.noteSkipped()
        #expect(try await marks() == marks([0: 7]))
    }

    @Test("Where the database has forgotten what was written into it, nothing is handled before that is read again")
    func wentBack() async throws {
        try await consumer.handle(record("Mia", 4), record("Leo", 5))
        try await consumer.store.database.write { try ReadMarksTable.begin(marks([0: 5]), in: $0) }
        await #expect(throws: DatabaseWentBack.self) { try await consumer.handle(record("Ada", 6)) }
        #expect(try await consumer.store.notes() == ["Mia", "Leo"])
        #expect(try await marks() == marks([0: 5]))
        consumer.beginAgain()
        try await consumer.handle(record("Leo", 5), record("Ada", 6))
        #expect(try await consumer.store.notes() == ["Mia", "Leo", "Ada"])
    }

    @Test("What was skipped in partitions that were lost is not noted over their new owner's marks")
    func lost() async throws {
        try await consumer.handle(record("x", 400, type: "Other"))
        consumer.beginAgain()
        try await consumer.noteSkipped()
        #expect(try await marks() == ReadMarks())
    }

    @Test("A mark that comes late moves nothing back, and where reading begins is as it is said")
    func monotone() async throws {
        try await consumer.store.database.write { try ReadMarksTable.write(marks([0: 9]), in: $0) }
        try await consumer.store.database.write { try ReadMarksTable.write(marks([0: 7]), in: $0) }
        #expect(try await marks() == marks([0: 9]))
        try await consumer.store.database.write { try ReadMarksTable.begin(marks([0: 2]), in: $0) }
        #expect(try await marks() == marks([0: 2]))
    }

    @Test("A partition of a new cluster takes the row of the old one")
    func replaced() async throws {
        try await consumer.handle(record("Mia", 4))
        try await consumer.handle(record("Leo", 0, cluster: "d"))
        #expect(try await marks() == marks([0: 1], in: "d"))
    }

    @Test("Nothing is noted where the cluster is not known")
    func unknown() async throws {
        try await consumer.handle(record("Mia", 4, cluster: nil))
        #expect(try await marks() == ReadMarks())
    }
}
