import Foundation
import Records
import Synchronization
import Telemetry
import Testing

@testable import Kafka

/// Where a consumer begins.
@Suite(.timeLimit(.minutes(5))) struct ReadMarksTests {
    private let cluster: MockCluster
    private let id: String
    /// The first record that is left in partition 0; the broker keeps the newest 5 MiB.
    private let low: Int
    private let place = TopicPartition("t", 0)

    init() async throws {
        cluster = try MockCluster.with(topic: "t", partitions: 1)
        let producer = try cluster.producer()
        for number in 0..<12 {
            let noise = (0..<75_000).map { _ in UInt64.random(in: .min ... .max) }.withUnsafeBytes { Data($0) }
            #expect(
                await producer.send([OutgoingRecord(topic: "t", key: Data("\(number)".utf8), payload: noise)]) == [nil])
        }
        id = try #require(await producer.clusterId(timeout: .seconds(5)))
        let consumer = try cluster.consumer("t", group: "other")
        low = try #require(await consumer.read(1).first).offset
        await consumer.close(timeout: .seconds(5))
    }

    private func marks(_ offsets: [TopicPartition: Int], of cluster: String) -> ReadMarks {
        ReadMarks(offsets.mapValues { ReadMarks.Mark(cluster: cluster, offset: $0) })
    }

    @Test("A group without an offset that has read here before loses what was removed since, loudly")
    func lost() async throws {
        #expect(low > 0)
        let error = try await cluster.consumer("t", marks: marks([place: low - 1], of: id)).readUntilError()
        #expect(error.isOffsetLost && error.topic == "t", "\(error)")
    }

    @Test("A partition that has no mark begins with its first record, whatever others have")
    func unmarked() async throws {
        let others = marks([TopicPartition("t", 1): low], of: id)
        #expect(try await cluster.consumer("t", marks: others).read(1).map(\.offset) == [low])
    }

    @Test("When nothing was removed since, or the cluster is another one, the group begins with the first record")
    func nothingLost() async throws {
        let isKnown = marks([place: low], of: id)
        for marks in [isKnown, marks([place: 0], of: "elsewhere"), ReadMarks()] {
            let consumer = try cluster.consumer("t", group: UUID().uuidString, marks: marks)
            #expect(try await consumer.read(1).map(\.offset) == [low])
            #expect(consumer.takeBeginnings() == (marks == isKnown ? nil : isKnown))
            await consumer.close(timeout: .seconds(5))
        }
    }

    @Test("The mark decides where to begin, not what the group has committed")
    func committed() async throws {
        let first = try cluster.consumer("t")
        first.store(try await first.read(3))
        await first.close(timeout: .seconds(5))
        let second = try cluster.consumer("t", marks: marks([place: low + 1], of: id))
        #expect(try await second.read(1).map(\.offset) == [low + 1])
        #expect(second.takeBeginnings() == nil)
    }

    @Test("A topic that ends before the mark was made again, and is read from its first record")
    func madeAgain() async throws {
        let consumer = try cluster.consumer("t", marks: marks([place: 13], of: id))
        #expect(try await consumer.read(1).map(\.offset) == [low])
        #expect(consumer.takeBeginnings() == marks([place: low], of: id))
    }

    @Test("A partition that comes back is read on where the marks say by then, not where this member was")
    func comesBack() async throws {
        let latest = Mutex(marks([place: low], of: id))
        let first = try cluster.consumer("t") { latest.withLock(\.self) }
        first.store(try await first.read(3))
        latest.withLock { $0 = marks([place: low + 2], of: id) }
        // The group has one partition, and members take turns by name: whoever has it gives it up for a moment.
        let second = try cluster.consumer("t", marks: marks([place: low + 2], of: id))
        let generation = first.generation
        async let other: Void = second.pollUntil { _ in first.generation >= generation + 2 }
        try await first.pollUntil { $0.generation >= generation + 2 }
        try await other
        let known = first.assigned.state.withLock { $0.marks }
        #expect(known == marks([place: low + 2], of: id))
    }

    @Test("A partition without a leader holds up no other")
    func leaderless() async throws {
        let cluster = try MockCluster.with(topic: "t", partitions: 2)
        let producer = try cluster.producer()
        let keys = try await keysByPartition(producer)
        #expect(
            await producer.send([OutgoingRecord("t", keys[0], "0"), OutgoingRecord("t", keys[1], "1")]) == [nil, nil])
        let id = try #require(await producer.clusterId(timeout: .seconds(5)))
        cluster.setLeader(of: TopicPartition("t", 0), broker: nil)
        let known = marks([TopicPartition("t", 0): 0, TopicPartition("t", 1): 0], of: id)
        #expect(try await cluster.consumer("t", marks: known).read(1).map(\.text) == ["1"])
    }

    /// A key that leads to partition 0, and one that leads to 1.
    private func keysByPartition(_ producer: KafkaProducer) async throws -> [String] {
        try await producer.ensureTopic("t", partitions: 2)
        return try (0..<2).map { partition in
            try #require(
                (0..<100).map(String.init).first { producer.partition(of: Data($0.utf8), in: "t") == partition })
        }
    }
}
