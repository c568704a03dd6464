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
@Suite(.timeLimit(.minutes(1))) struct PolicyRetryTests {
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
                    bootstrapServers: address, group: "porter", topics: ["greetings"], clientId: "test",
                    sessionTimeout: .seconds(3), marks: marks, log: .silent)
            }, database: database, clusterId: { nil },
            dispatcher: PolicyDispatcher(
                database: database, policies: [policy], group: "porter", metrics: Metrics(), log: .silent),
            faults: .none, health: health, metrics: Metrics(), log: .silent)
        return Task { await consumer.run() }
    }

    /// - Returns: the names that lie on another partition than the first one.
    private func send(_ names: [String], producer: KafkaProducer) async -> [String] {
        let messages = names.enumerated().map { number, name in
            OutgoingRecord(
                topic: "greetings", key: Data(name.prefix(1).utf8),
                headers: [RecordHeader("type", "Greeted"), RecordHeader("ce_id", "id-\(number)")],
                payload: Data(#"{"name":"\#(name)"}"#.utf8))
        }
        #expect(await producer.send(messages).allSatisfy { $0 == nil })
        let partitions = messages.map { producer.partition(of: $0.key, in: "greetings") }
        return zip(names, partitions).filter { $1 != partitions[0] }.map(\.0)
    }

    @Test("A record that fails for now is read again, what follows it in its partition waits, other partitions do not")
    func retry() async throws {
        let failures = Mutex(0)
        let seen = Mutex<[String]>([])
        let running = run(
            .whenever(Greeted.self, "porter.greet") { event, transaction in
                if event.name == "a0",
                    failures.withLock({ count in
                        count += 1; return count < 4
                    })
                {
                    throw NotYet()
                }
                seen.withLock { $0.append(event.name) }
                try transaction.execute("INSERT INTO notes (text) VALUES ($1)", [.text(event.name)])
            })
        let producer = try cluster.producer()
        try await producer.warmUp(topic: "greetings", timeout: .seconds(10))
        let names = ["a0", "a1", "b0", "c0", "d0", "a2", "b1", "c1", "d1"]
        let others = await send(names, producer: producer)
        #expect(!others.isEmpty)
        try await eventually { try await database.notes().count == names.count }
        running.cancel()
        await running.value
        let notes = try await database.notes()
        #expect(notes.filter(others.contains) == others)
        let held = names.filter { !others.contains($0) }
        #expect(notes.filter(held.contains) == held)
        #expect(try #require(notes.firstIndex(of: "a0")) > #require(notes.firstIndex(of: others[others.count - 1])))
        #expect(failures.withLock { $0 } == 4)
    }

    @Test("A database that is away holds everything up, and nothing is lost or done twice")
    func databaseAway() async throws {
        let isAway = Mutex(2)
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

    @Test("A stop finishes the batch in hand")
    func stop() async throws {
        let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let running = run(
            .whenever(Greeted.self, "porter.greet") { event, transaction in
                entered.signal()
                _ = gate.wait(timeout: .now() + 20)
                try transaction.execute("INSERT INTO notes (text) VALUES ($1)", [.text(event.name)])
            })
        _ = await send(["a0"], producer: try cluster.producer())
        try await eventually { entered.wait(timeout: .now()) == .success }
        running.cancel()
        gate.signal()
        await running.value
        #expect(try await database.notes() == ["a0"])
    }
}
