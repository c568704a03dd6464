import Foundation
import Kafka
import Records
import Telemetry
import Testing

private let realBroker = ProcessInfo.processInfo.environment["KAFKA_TEST_BOOTSTRAP"]

/// Cases for an Apache Kafka broker, named by `KAFKA_TEST_BOOTSTRAP`; each run uses topics and groups of its own.
@Suite(
    .enabled(if: realBroker != nil, "KAFKA_TEST_BOOTSTRAP names no broker"), .timeLimit(.minutes(5)))
struct RealKafkaTests {
    private let run = UUID().uuidString
    private let producer: KafkaProducer

    init() throws {
        producer = try KafkaProducer(KafkaConnection(realBroker ?? ""), clientId: "test", log: .silent)
    }

    private func consumer(_ topic: String, marks: ReadMarks = ReadMarks()) throws -> KafkaConsumer {
        try KafkaConsumer(
            KafkaConnection(realBroker ?? ""), group: run, topics: [topic], clientId: "test", marks: { marks },
            log: .silent)
    }

    private func marks(_ offsets: [TopicPartition: Int]) async throws -> ReadMarks {
        let cluster = try #require(await producer.clusterId(timeout: .seconds(5)))
        return ReadMarks(offsets.mapValues { ReadMarks.Mark(cluster: cluster, offset: $0) })
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

    @Test("A group reads all partitions, and goes on after a restart where its marks say")
    func group() async throws {
        let topic = "group-\(run)"
        try await producer.ensureTopic(topic, partitions: 12)
        let sent = (0..<500).map { OutgoingRecord(topic, "key-\($0 % 40)", "\($0)") }
        #expect(await producer.send(sent).allSatisfy { $0 == nil })
        let first = try consumer(topic)
        let reads = try await first.read(500)
        #expect(Set(reads.compactMap(\.text)).count == 500)
        #expect(first.assignment.count == 12)
        first.store(reads)
        await first.close(timeout: .seconds(5))

        #expect(await producer.send([OutgoingRecord(topic, "key-1", "last")]) == [nil])
        let next = Dictionary(reads.map { ($0.place, $0.offset + 1) }, uniquingKeysWith: max)
        let second = try consumer(topic, marks: try await marks(next))
        #expect(try await second.read(1).map(\.text) == ["last"])
        await second.close(timeout: .seconds(5))
    }

    @Test("A topic that ends before the mark is read from its first record; an offset beyond the end is an error")
    func lostOffset() async throws {
        let topic = "lost-\(run)"
        try await producer.ensureTopic(topic, partitions: 1)
        #expect(await producer.send([OutgoingRecord(topic, "k", "0")]) == [nil])
        let consumer = try consumer(topic, marks: try await marks([TopicPartition(topic, 0): 1_000_000]))
        let read = try #require(await consumer.read(1).first)
        #expect(read.text == "0")
        try await offPool { try consumer.seek(read.place, to: 1_000_000) }
        #expect(try await consumer.readUntilError().isOffsetLost)
    }
}
