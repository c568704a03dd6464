import Foundation
import Kafka
import Telemetry
import Testing

private let realBroker = ProcessInfo.processInfo.environment["KAFKA_TEST_BOOTSTRAP"]

/// Cases for an Apache Kafka broker, named by `KAFKA_TEST_BOOTSTRAP`; each run uses topics and groups of its own.
@Suite(
    .enabled(if: realBroker != nil, "KAFKA_TEST_BOOTSTRAP names no broker"), .timeLimit(.minutes(2)))
struct RealKafkaTests {
    private let run = UUID().uuidString
    private let producer: KafkaProducer

    init() throws {
        producer = try KafkaProducer(bootstrapServers: realBroker ?? "", clientId: "test", log: .silent)
    }

    private func consumer(_ topic: String) throws -> KafkaConsumer {
        try KafkaConsumer(
            bootstrapServers: realBroker ?? "", group: run, topics: [topic], clientId: "test", log: .silent)
    }

    @Test("A topic is created with its partitions, and found the second time without an attempt to create it")
    func ensureTopic() async throws {
        #expect(try await producer.ensureTopic("topic-\(run)", partitions: 5) == 5)
        #expect(try await producer.ensureTopic("topic-\(run)", partitions: 3) == 5)
        // Nobody can create a topic of so many partitions.
        #expect(try await producer.ensureTopic("topic-\(run)", partitions: .max) == 5)
        #expect(await producer.clusterId(timeout: .seconds(5)) != nil)
        await producer.close(timeout: .seconds(5))
    }

    @Test("Warming up does not let the broker create the topic in its own way")
    func warmUp() async throws {
        await #expect(throws: KafkaError.self) {
            try await producer.warmUp(topic: "cold-\(run)", timeout: .milliseconds(300))
        }
        #expect(try await producer.ensureTopic("cold-\(run)", partitions: 5) == 5)
    }

    @Test("An illegal topic name is refused")
    func illegalTopic() async throws {
        await #expect(throws: KafkaError.self) { try await producer.ensureTopic("a b", partitions: 1) }
    }

    @Test("A group reads all partitions, and goes on after a restart where it stored")
    func group() async throws {
        let topic = "group-\(run)"
        try await producer.ensureTopic(topic, partitions: 12)
        let sent = (0..<500).map { KafkaMessage(topic, "key-\($0 % 40)", "\($0)") }
        #expect(await producer.send(sent).allSatisfy { $0 == nil })
        let first = try consumer(topic)
        let reads = try await first.read(500)
        #expect(Set(reads.compactMap(\.text)).count == 500)
        #expect(first.assignment.count == 12)
        first.store(reads)
        await first.close(timeout: .seconds(5))

        #expect(await producer.send([KafkaMessage(topic, "key-1", "last")]) == [nil])
        let second = try consumer(topic)
        #expect(try await second.read(1).map(\.text) == ["last"])
        await second.close(timeout: .seconds(5))
    }

    @Test("An offset beyond the end is an error")
    func lostOffset() async throws {
        let topic = "lost-\(run)"
        try await producer.ensureTopic(topic, partitions: 1)
        #expect(await producer.send([KafkaMessage(topic, "k", "0")]) == [nil])
        let first = try consumer(topic)
        let read = try #require(await first.read(1).first)
        first.storeOffsets([read.place: 1_000_000], generation: read.generation)
        await first.close(timeout: .seconds(5))
        #expect(try await consumer(topic).readUntilError().isOffsetLost)
    }
}
