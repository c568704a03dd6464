import Dispatch
import Foundation
import Kafka
import Records
import Telemetry
import Testing

/// Runs what blocks on a thread of its own: on Linux the global queues share their threads with the cooperative pool.
func offPool<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "test").async { continuation.resume(with: Result { try work() }) }
    }
}

/// Ends a wait in vain; a time limit of a test cannot end a thread.
struct Patience {
    struct Exhausted: Error {}
    private let deadline = ContinuousClock.now + .seconds(40)
    func check() throws { if .now > deadline { throw Exhausted() } }
}

/// One record, copied, with its place.
struct Read: Sendable, Equatable {
    var message: OutgoingRecord
    var partition: Int
    var offset: Int
    var generation: Int

    var place: TopicPartition { TopicPartition(message.topic, partition) }
    var text: String? { message.payload.map { String(decoding: $0, as: UTF8.self) } }
    var keyText: String? { message.key.map { String(decoding: $0, as: UTF8.self) } }
}

extension KafkaConsumer {
    /// Polls until `count` records came.
    func read(_ count: Int) async throws -> [Read] {
        try await offPool {
            var reads: [Read] = []
            let patience = Patience()
            while reads.count < count {
                try patience.check()
                reads += try self.poll(atMost: count - reads.count, timeoutMilliseconds: 100) { record in
                    Read(
                        message: record.copy, partition: record.partition, offset: record.offset,
                        generation: record.generation)
                }
            }
            return reads
        }
    }

    /// Polls until it throws.
    func readUntilError() async throws -> KafkaError {
        try await offPool {
            let patience = Patience()
            while true {
                try patience.check()
                do throws(KafkaError) {
                    _ = try self.poll(atMost: 1, timeoutMilliseconds: 100) { $0.offset }
                } catch { return error }
            }
        }
    }

    /// Polls, and drops what comes, until `condition` holds.
    func pollUntil(_ condition: @escaping @Sendable (KafkaConsumer) -> Bool) async throws {
        try await offPool {
            let patience = Patience()
            while !condition(self) {
                try patience.check()
                _ = try self.poll(atMost: 1, timeoutMilliseconds: 20) { $0.offset }
            }
        }
    }

    /// Stores everything in `reads` as done.
    func store(_ reads: [Read]) {
        var offsets: [TopicPartition: Int] = [:]
        for read in reads { offsets[read.place] = max(offsets[read.place] ?? 0, read.offset + 1) }
        storeOffsets(offsets, generation: reads.last?.generation ?? 0)
    }
}

extension KafkaRecordView {
    /// What was sent.
    var copy: OutgoingRecord { OutgoingRecord(topic: topic, key: key, headers: headers, payload: payload) }
}

extension OutgoingRecord {
    init(_ topic: String, _ key: String, _ text: String) {
        self.init(topic: topic, key: Data(key.utf8), payload: Data(text.utf8))
    }
}

extension MockCluster {
    func producer(timeout: Duration = .seconds(10)) throws -> KafkaProducer {
        try KafkaProducer(
            KafkaConnection(bootstrapServers), clientId: "test", messageTimeout: timeout, log: .silent)
    }

    func consumer(
        _ topic: String, group: String = "group", marks: ReadMarks = ReadMarks()
    ) throws -> KafkaConsumer { try consumer(topic, group: group) { marks } }

    func consumer(
        _ topic: String, group: String = "group", _ marks: @escaping @Sendable () -> ReadMarks
    ) throws -> KafkaConsumer {
        try KafkaConsumer(
            KafkaConnection(bootstrapServers), group: group, topics: [topic], clientId: "test",
            sessionTimeout: .seconds(3), commitInterval: .milliseconds(100), marks: marks, log: .silent)
    }

    /// A cluster with one topic.
    static func with(topic: String, partitions: Int = 4) throws -> MockCluster {
        let cluster = try MockCluster()
        try cluster.createTopic(topic, partitions: partitions)
        return cluster
    }
}
