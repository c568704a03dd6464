import Events
import Foundation
import Kafka
import Messaging
import Persistence
import Records
import Synchronization
import Telemetry
import Testing

@testable import ServiceKit

/// The consumer when policies or the database fail for now.
@Suite(.timeLimit(.minutes(5))) struct PolicyRetryTests {
    private struct NotYet: Error {}

    private let cluster: MockCluster
    private let database: Database
    private let health = Health()

    init() async throws {
        cluster = try MockCluster()
        try cluster.createTopic("greetings", partitions: 2)
        database = try await makeDatabase()
        health.enter(.running)
    }

    private func run(_ policy: Policy) -> Task<Void, Never> {
        let consumer = PolicyConsumer(
            connect: { [address = cluster.bootstrapServers] marks throws(KafkaError) in
                try KafkaConsumer(
                    KafkaConnection(address), group: "porter", topics: ["greetings"], clientId: "test",
                    sessionTimeout: .seconds(3), marks: marks, log: .silent)
            }, database: database, clusterId: { nil },
            dispatcher: PolicyDispatcher(
                database: database, policies: [policy], group: "porter", metrics: Metrics(), log: .silent),
            faults: .none, health: health, metrics: Metrics(), log: .silent)
        return Task { await consumer.run() }
    }

    /// - Returns: the names that lie on another partition than the first one.
    private func send(_ names: [String], producer: KafkaProducer) async -> [String] {
        let messages = names.map { name in
            OutgoingRecord(
                topic: "greetings", key: Data(name.prefix(1).utf8),
                headers: [RecordHeader("type", "Greeted"), RecordHeader("ce_id", name)],
                payload: Data(#"{"name":"\#(name)"}"#.utf8))
        }
        #expect(await producer.send(messages).allSatisfy { $0 == nil })
        let partitions = messages.map { producer.partition(of: $0.key, in: "greetings") }
        return zip(names, partitions).filter { $1 != partitions[0] }.map(\.0)
    }

    @Test("A record that fails for now is read again, what follows it in its partition waits, other partitions do not")
    func retry() async throws {
        let tries = Mutex(0)
        let isStuck = Mutex(true)
        let running = run(
            .whenever(Greeted.self, "porter.greet") { event, transaction in
                if event.name == "a0" {
                    tries.withLock { $0 += 1 }
                    if isStuck.withLock(\.self) { throw NotYet() }
                }
                try transaction.execute("INSERT INTO notes (text) VALUES ($1)", [.text(event.name)])
            })
        let producer = try cluster.producer()
        try await producer.warmUp(topic: "greetings", timeout: .seconds(10))
        let (first, later) = (["a0", "a1", "b0", "c0", "d0"], ["a2", "b1", "c1", "d1"])
        var others = await send(first, producer: producer)
        #expect(!others.isEmpty)
        try await eventually { tries.withLock { $0 } > 0 }
        // These come while the partition is held.
        others += await send(later, producer: producer)
        try await eventually { try await database.notes().count == others.count }
        #expect(try await database.notes() == others)
        isStuck.withLock { $0 = false }
        try await eventually { try await database.notes().count == first.count + later.count }
        running.cancel()
        await running.value
        let held = (first + later).filter { !others.contains($0) }
        #expect(try await database.notes() == others + held)
        #expect(tries.withLock { $0 } > 1)
    }

    @Test("A database that is away holds everything up, and nothing is lost or done twice")
    func databaseAway() async throws {
        let isAway = Mutex(6)
        let running = run(
            .whenever(Greeted.self, "porter.greet") { event, transaction in
                try transaction.execute("INSERT INTO notes (text) VALUES ($1)", [.text(event.name)])
                let left = isAway.withLock { left in
                    left -= 1; return left
                }
                if left >= 0 { throw DatabaseError(kind: .unavailable, message: "locked") }
            })
        let producer = try cluster.producer()
        _ = await send(["a0", "a1", "a2"], producer: producer)
        try await eventually { try await database.notes().count == 3 }
        running.cancel()
        await running.value
        #expect(try await database.notes() == ["a0", "a1", "a2"])
    }
}
