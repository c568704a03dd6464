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

/// The consumer of a service, from the topic to the policies.
@Suite(.timeLimit(.minutes(5))) struct PolicyConsumerTests {
    private let database: Database
    private let health = Health()
    private let metrics = Metrics()

    init() async throws {
        database = try await makeDatabase()
        health.enter(.running)
    }

    private func cluster() throws -> MockCluster {
        let cluster = try MockCluster()
        try cluster.createTopic("greetings", partitions: 1)
        return cluster
    }

    /// - Parameter clusterId: what the brokers answer when asked who they are; by default the truth.
    private func run(
        _ cluster: MockCluster, group: String = "porter", in database: Database? = nil,
        moving: @escaping @Sendable () -> String? = { nil }, clusterId: (@Sendable () async -> String?)? = nil
    ) throws -> Task<Void, Never> {
        let (producer, address, database) = (
            try cluster.producer(), cluster.bootstrapServers, database ?? self.database
        )
        let greet = Policy.whenever(Greeted.self, "porter.greet") { event, transaction in
            try transaction.execute("INSERT INTO notes (text) VALUES ($1)", [.text(event.name)])
        }
        let consumer = PolicyConsumer(
            connect: { marks throws(KafkaError) in
                try KafkaConsumer(
                    KafkaConnection(moving() ?? address), group: group, topics: ["greetings"], clientId: "test",
                    sessionTimeout: .seconds(3), marks: marks, log: .silent)
            }, database: database,
            clusterId: clusterId ?? { await producer.clusterId(timeout: .seconds(2)) },
            dispatcher: PolicyDispatcher(
                database: database, policies: [greet], group: "porter", metrics: metrics, log: .silent),
            faults: .none, health: health, metrics: metrics, log: .silent)
        return Task { await consumer.run() }
    }

    private func send(_ names: [String], to cluster: MockCluster, padding: Int = 0, type: String = "Greeted")
        async throws
    {
        let producer = try cluster.producer()
        for name in names {
            let noise = (0..<padding / 8).map { _ in UInt64.random(in: .min ... .max) }
                .withUnsafeBytes { Data($0).base64EncodedString() }
            let payload = Data(
                #"{"eventType":"Greeted","timestamp":1,"name":"\#(name)","noise":"\#(String(noise))"}"#.utf8)
            let message = OutgoingRecord(
                topic: "greetings", key: Data("k".utf8), headers: [RecordHeader("type", type)], payload: payload)
            #expect(await producer.send([message]) == [nil])
        }
    }

    private func stop(_ running: Task<Void, Never>) async {
        running.cancel()
        await running.value
    }

    @Test("A record without an id is a new one in another cluster, though it has the place of one that was handled")
    func noId() async throws {
        // Both at once: the id of a mock cluster is its address in memory.
        let clusters = [("first", try cluster()), ("second", try cluster())]
        for (name, cluster) in clusters {
            try await send([name], to: cluster)
            let running = try run(cluster)
            try await eventually { try await database.notes().last == name }
            await stop(running)
        }
        withExtendedLifetime(clusters) {}
        #expect(try await database.notes() == ["first", "second"])
    }

    /// The mock broker does not let offsets expire; a group of another name has none either.
    @Test("A service whose offsets have expired does not skip what is gone: it is not ready, and reads nothing")
    func expired() async throws {
        let cluster = try cluster()
        try await send(["first"], to: cluster)
        var running = try run(cluster)
        try await eventually { try await database.notes() == ["first"] }
        await stop(running)
        try await send((0..<12).map { "\($0)" }, to: cluster, padding: 600_000)
        running = try run(cluster, group: "without offsets")
        try await eventually { health.unready != nil }
        #expect(health.unready?.contains("removed from the topic") == true)
        #expect(try await database.notes() == ["first"])
        await stop(running)
    }

    /// One after the other, as the broker keeps only the newest 5 MiB.
    private func handleMany(_ cluster: MockCluster) async throws {
        for number in 0..<12 {
            try await send(["\(number)"], to: cluster, padding: 600_000)
            try await eventually { try await database.notes().last == "\(number)" }
        }
    }

    @Test("A service that has handled everything that was removed since goes on, though its offsets have expired")
    func handledAndExpired() async throws {
        let cluster = try cluster()
        var running = try run(cluster)
        try await handleMany(cluster)
        await stop(running)
        running = try run(cluster, group: "without offsets")
        try await send(["last"], to: cluster)
        try await eventually { try await database.notes().last == "last" || health.unready != nil }
        #expect(health.unready == nil)
        await stop(running)
    }

    @Test("Records that nobody here listens to are no loss when they are gone")
    func skippedAndRemoved() async throws {
        let cluster = try cluster()
        try await send(["first"], to: cluster)
        var running = try run(cluster)
        try await eventually { try await database.notes() == ["first"] }
        for number in 0..<12 {
            try await send(["x"], to: cluster, padding: 600_000, type: "Other")
            try await eventually { skipped == number + 1 }
        }
        await stop(running)
        try await send(["last"], to: cluster)
        running = try run(cluster, group: "without offsets")
        try await eventually { try await database.notes().last == "last" || health.unready != nil }
        #expect(health.unready == nil)
        await stop(running)
    }

    private var skipped: Int { metrics.counter("events_handled_total", ["type": "other", "result": "skipped"]).value }

    @Test("An empty database reads the topic from its beginning, though the group has offsets")
    func emptied() async throws {
        let (cluster, other) = (try cluster(), try await makeDatabase())
        try await send(["first"], to: cluster)
        var running = try run(cluster)
        try await eventually { try await database.notes() == ["first"] }
        await stop(running)
        try await send(["second"], to: cluster)
        running = try run(cluster, in: other)
        try await eventually { try await other.notes().last == "second" }
        await stop(running)
        #expect(try await other.notes() == ["first", "second"])
    }

    @Test("A lost offset is no loss of events while it is not known that the cluster is still the same")
    func replaced() async throws {
        let (old, new) = (try cluster(), try cluster())
        try await send(["first"], to: old)
        var running = try run(old)
        try await eventually { try await database.notes() == ["first"] }
        await stop(running)
        try await send((0..<12).map { "\($0)" }, to: old, padding: 600_000)
        try await send(["fresh"], to: new)
        let (id, address) = (await (try new.producer()).clusterId(timeout: .seconds(5)), new.bootstrapServers)
        let answers = Mutex(0)
        running = try run(
            old, group: "without offsets", moving: { answers.withLock { $0 } > 1 ? address : nil },
            clusterId: {
                // Away at first, then replaced.
                answers.withLock { answers in
                    answers += 1
                    return answers == 1 ? nil : id
                }
            })
        try await eventually { try await database.notes().last == "fresh" || health.unready != nil }
        #expect(health.unready == nil)
        await stop(running)
    }
}
