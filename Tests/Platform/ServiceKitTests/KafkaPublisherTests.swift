import Events
import Foundation
import Kafka
import Messaging
import Persistence
import Records
import Telemetry
import Testing

@testable import ServiceKit

/// The outbox on its way to Kafka.
@Suite(.timeLimit(.minutes(5))) struct KafkaPublisherTests {
    private let cluster: MockCluster
    private let producer: KafkaProducer
    private let database: Database
    private let relay: OutboxRelay

    init() async throws {
        cluster = try MockCluster()
        try cluster.createTopic("greetings", partitions: 3)
        producer = try cluster.producer()
        try await producer.warmUp(topic: "greetings", timeout: .seconds(10))
        database = try await makeDatabase()
        relay = OutboxRelay(
            database: database, publisher: KafkaPublisher(producer: producer), topic: "greetings", source: "porter",
            metrics: Metrics(), log: .silent)
    }

    private func partition(of name: String) -> Int? { producer.partition(of: Data(name.utf8), in: "greetings") }

    private func records(_ sizes: [Int]) -> [OutgoingRecord] {
        sizes.enumerated().map { number, size in
            OutgoingRecord(
                topic: "greetings", key: Data("k".utf8), headers: [],
                payload: Data(repeating: UInt8(number), count: size))
        }
    }

    @Test("A partition without a leader holds up its own events and no others, and goes on when it has one")
    func withoutLeader() async throws {
        let names = (0..<300).map { "guest-\($0)" }
        let stuck = names.filter { partition(of: $0) == 1 }
        #expect(!stuck.isEmpty && stuck.count < 300)
        cluster.setLeader(of: TopicPartition("greetings", 1), broker: nil)
        let running = Task { await relay.run() }
        for name in names { try await database.append([name]) }
        try await eventually { try await database.pending() == stuck.count }
        try await database.append(names)
        try await eventually { try await database.pending() == 2 * stuck.count }
        cluster.setLeader(of: TopicPartition("greetings", 1), broker: 1)
        try await eventually { try await database.pending() == 0 }
        running.cancel()
        await running.value
        await producer.close(timeout: .seconds(1))
    }

    @Test("A request that the broker finds too large goes out again in smaller ones")
    func tooLargeTogether() async throws {
        // All in one request.
        let producer = try KafkaProducer(
            KafkaConnection(cluster.bootstrapServers), clientId: "test", linger: .milliseconds(200), log: .silent)
        cluster.push(errors: [10], for: .produce)
        let results = await KafkaPublisher(producer: producer).publish(records([10, 10, 10]))
        #expect(results == [nil, nil, nil])
        await producer.close(timeout: .seconds(1))
    }
}
