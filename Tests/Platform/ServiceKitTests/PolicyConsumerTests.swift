import EventBus
import Foundation
import Kafka
import Outbox
import Persistence
import Telemetry
import Testing

@testable import ServiceKit

/// The consumer of a service, from the topic to the policies.
@Suite(.timeLimit(.minutes(1))) struct PolicyConsumerTests {
    private let database: Database
    private let health = Health()

    init() async throws {
        database = try await makeDatabase()
        health.enter(.running)
    }

    private func cluster() throws -> MockCluster {
        let cluster = try MockCluster()
        try cluster.createTopic("greetings", partitions: 1)
        return cluster
    }

    private func run(_ cluster: MockCluster, group: String = "porter") throws -> Task<Void, Never> {
        let (producer, address) = (try cluster.producer(), cluster.bootstrapServers)
        let greet = Policy.whenever(Greeted.self, "porter.greet") { event, transaction in
            try transaction.execute("INSERT INTO notes (text) VALUES ($1)", [.text(event.name)])
        }
        let consumer = PolicyConsumer(
            connect: { marks throws(KafkaError) in
                try KafkaConsumer(
                    bootstrapServers: address, group: group, topics: ["greetings"], clientId: "test",
                    sessionTimeout: .seconds(3), marks: marks, log: .silent)
            }, marks: ReadMarksTable(database: database), clusterId: { await producer.clusterId(timeout: .seconds(2)) },
            dispatcher: PolicyDispatcher(
                database: database, policies: [greet], group: "porter", metrics: Metrics(), log: .silent),
            faults: .none, health: health, metrics: Metrics(), log: .silent)
        return Task { await consumer.run() }
    }

    private func send(_ names: [String], to cluster: MockCluster, padding: Int = 0) async throws {
        let producer = try cluster.producer()
        for name in names {
            let noise = (0..<padding / 8).map { _ in UInt64.random(in: .min ... .max) }
                .withUnsafeBytes { Data($0).base64EncodedString() }
            let payload = Data(
                #"{"eventType":"Greeted","timestamp":1,"name":"\#(name)","noise":"\#(String(noise))"}"#.utf8)
            let message = KafkaMessage(
                topic: "greetings", key: Data("k".utf8), headers: [KafkaHeader("type", "Greeted")], payload: payload)
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
}
