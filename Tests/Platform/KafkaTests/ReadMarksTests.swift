import Foundation
import Telemetry
import Testing

@testable import Kafka

/// Expired offsets look like a first use to the broker; the marks tell them apart.
@Suite(.timeLimit(.minutes(1))) struct ReadMarksTests {
    private let cluster: MockCluster
    private let id: String
    /// The first record that is left in partition 0; the broker keeps the newest 5 MiB.
    private let low: Int64
    private let place = TopicPartition("t", 0)

    init() async throws {
        cluster = try MockCluster.with(topic: "t", partitions: 1)
        let producer = try cluster.producer()
        for number in 0..<12 {
            let noise = (0..<75_000).map { _ in UInt64.random(in: .min ... .max) }.withUnsafeBytes { Data($0) }
            #expect(
                await producer.send([KafkaMessage(topic: "t", key: Data("\(number)".utf8), payload: noise)]) == [nil])
        }
        id = try #require(await producer.clusterId(timeout: .seconds(5)))
        let consumer = try cluster.consumer("t", group: "other")
        low = try #require(await consumer.read(1).first).offset
        await consumer.close(timeout: .seconds(5))
    }

    private func marks(_ offsets: [TopicPartition: Int64], of cluster: String) -> ReadMarks {
        var marks = ReadMarks()
        marks.offsets[cluster] = offsets
        return marks
    }

    @Test("A group without an offset that has read here before loses what was removed since, loudly")
    func lost() async throws {
        #expect(low > 0)
        let error = try await cluster.consumer("t", marks: marks([place: low - 1], of: id)).readUntilError()
        #expect(error.isOffsetLost && error.topic == "t", "\(error)")
    }

    @Test("A partition that was added since was empty at first")
    func added() async throws {
        let marks = marks([TopicPartition("t", 1): low], of: id)
        #expect(try await cluster.consumer("t", marks: marks).readUntilError().isOffsetLost)
    }

    @Test("When nothing was removed since, or the cluster is another one, the group begins with the first record")
    func nothingLost() async throws {
        for marks in [marks([place: low], of: id), marks([place: 0], of: "elsewhere"), ReadMarks()] {
            let consumer = try cluster.consumer("t", group: UUID().uuidString, marks: marks)
            #expect(try await consumer.read(1).map(\.offset) == [low])
            #expect(consumer.takeMarks()?.offsets[id] == (marks.offsets[id] == nil ? [place: low] : nil))
            await consumer.close(timeout: .seconds(5))
        }
    }

    @Test("An offset that counts becomes the mark")
    func committed() async throws {
        let first = try cluster.consumer("t")
        first.store(try await first.read(2))
        await first.close(timeout: .seconds(5))
        let second = try cluster.consumer("t", marks: marks([place: 0], of: id))
        _ = try await second.read(1)
        #expect(second.takeMarks()?.offsets[id] == [place: low + 2])
        #expect(second.takeMarks() == nil)
    }
}
