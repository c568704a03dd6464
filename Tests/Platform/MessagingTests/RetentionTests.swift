import Events
import Persistence
import Records
import Synchronization
import Telemetry
import Testing
import Time

@testable import Messaging

/// What is thrown away, and what is kept.
@Suite(.timeLimit(.minutes(5))) struct RetentionTests {
    private let store: TestDatabase
    private let retention: Retention

    init() async throws {
        store = try await TestDatabase()
        retention = Retention(database: store.database, keep: .seconds(100), log: .silent)
    }

    /// Rows of events that are so many milliseconds old, published a moment ago; `nil` is not published.
    private func outbox(_ ages: [Int?], parked: Bool = false) async throws {
        let now = store.clock.now().milliseconds
        try await store.database.write { transaction in
            for age in ages {
                try Outbox.append([Greeted(name: "Mia")], in: transaction)
                try transaction.execute(
                    """
                    UPDATE outbox SET created_at = $1, published_at = $2, parked_reason = $3
                    WHERE id = (SELECT max(id) FROM outbox)
                    """,
                    [.integer(now - (age ?? 0)), .optional(age.map { _ in now }), .optional(parked ? "refused" : nil)])
            }
        }
    }

    private func ids() async throws -> [String] { try await store.texts("SELECT id FROM outbox ORDER BY id") }

    @Test("Publishing an event again does not make it young, so no inbox has forgotten what can still be published")
    func publishedAgain() async throws {
        let consumer = try await Consumer([.remember])
        let publisher = MemoryPublisher()
        let relay = OutboxRelay(
            database: store.database, publisher: publisher, topic: "greetings", source: "porter", metrics: Metrics(),
            log: .silent)
        let theirs = Retention(database: consumer.store.database, keep: .seconds(100), log: .silent)
        try await store.append(Greeted(name: "Mia"))
        for cluster in ["first", "second", "third"] {
            publisher.replaceCluster(by: cluster)
            try await relay.noteCluster(cluster)
            try await relay.publishBatch()
            for record in publisher.stored { try await consumer.handle(EventRecord(record, cluster: cluster)) }
            for clock in [store.clock, consumer.store.clock] { clock.advance(by: 90_000) }
            try await retention.purge()
            try await theirs.purge()
        }
        #expect(try await consumer.store.notes() == ["Mia"])
    }

    @Test("Only published rows older than the retention time are removed")
    func published() async throws {
        try await outbox([100_001, 100_000, 1, nil])
        try await retention.purge()
        #expect(try await ids() == ["2", "3", "4"])
    }

    @Test("Rows that wait for the broker are kept, however old they are")
    func waiting() async throws {
        try await outbox([nil, nil])
        store.clock.advance(by: 86_400_000)
        try await retention.purge()
        #expect(try await ids() == ["1", "2"])
    }

    @Test("Rows that cannot be published do not keep the published ones behind them")
    func behindStuck() async throws {
        try await outbox(Array(repeating: nil, count: 600))
        try await outbox(Array(repeating: 200_000, count: 700) + [1])
        try await retention.purge()
        #expect(try await store.count("outbox") == 601)
    }

    @Test("The newest row stays, however old, so that its id is not given again")
    func newest() async throws {
        try await outbox([200_000, 200_000])
        try await retention.purge()
        #expect(try await ids() == ["2"])
        try await store.append(Greeted(name: "Mia"))
        #expect(try await ids() == ["2", "3"])
    }

    @Test("Many old rows are removed in one purge")
    func many() async throws {
        try await outbox(Array(repeating: 200_000, count: 1_700) + [1])
        try await retention.purge()
        #expect(try await ids() == ["1701"])
    }

    @Test("Parked rows are kept for a person, and do not hold up the others")
    func parked() async throws {
        try await outbox([nil], parked: true)
        try await outbox(Array(repeating: 200_000, count: 1_100) + [1])
        try await retention.purge()
        #expect(try await ids() == ["1", "1102"])
    }

    @Test("Inbox rows older than twice the retention time are removed, younger ones still drop repeats")
    func inbox() async throws {
        let consumer = try await Consumer([.remember])
        let retention = Retention(database: consumer.store.database, keep: .seconds(100), log: .silent)
        try await consumer.handle(greeting("old", id: "old"))
        consumer.store.clock.advance(by: 200_001)
        try await consumer.handle(greeting("young", offset: 1, id: "young"))
        try await retention.purge()
        #expect(try await consumer.store.texts("SELECT event_id FROM inbox") == ["young"])
        try await consumer.handle(greeting("young", offset: 2, id: "young"))
        #expect(try await consumer.store.notes() == ["old", "young"])
    }

    @Test("Many old inbox rows are removed in one purge")
    func manyInbox() async throws {
        try await store.database.write { transaction in
            try transaction.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1300)
                INSERT INTO inbox SELECT 'p', i, 't', 0, i, 0 FROM n
                """)
        }
        try await retention.purge()
        #expect(try await store.count("inbox") == 0)
    }

    @Test("A running purge ends when it is cancelled")
    func cancelled() async throws {
        try await outbox([200_000])
        let running = Task { await retention.run() }
        running.cancel()
        await running.value
    }

    @Test("A purge that finds more and more ends between two of its transactions when it is cancelled")
    func cancelledBetweenTransactions() async throws {
        let running = Mutex<Task<Void, any Error>?>(nil)
        let endless: Retention.Purge = { _, limit, _ in
            running.withLock { $0?.cancel() }
            return limit
        }
        let retention = Retention(database: store.database, keep: .seconds(100), also: [endless], log: .silent)
        let task = Task { try await retention.purge() }
        running.withLock { $0 = task }
        try await task.value
    }
}
