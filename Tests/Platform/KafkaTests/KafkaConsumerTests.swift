import Foundation
import Records
import Synchronization
import Telemetry
import Testing
import Time

@testable import Kafka

@Suite(.timeLimit(.minutes(5))) struct KafkaConsumerTests {
    @Test("Key, headers and text arrive byte for byte")
    func roundTrip() async throws {
        let cluster = try MockCluster.with(topic: "t")
        let sent = OutgoingRecord(
            topic: "t", key: Data("주문-1".utf8),
            headers: [
                RecordHeader("type", "OrderPlaced"), RecordHeader("이름", "떡볶이 2인분"), RecordHeader("type", "Again"),
                RecordHeader(name: "bytes", value: Data([0, 255, 10])), RecordHeader(name: "empty", value: Data()),
            ], payload: Data(#"{"menu":"김치찌개 🍲"}"#.utf8))
        let before = Timestamp.now().milliseconds
        #expect(await (try cluster.producer()).send([sent]) == [nil])

        let consumer = try cluster.consumer("t")
        let records = try await offPool { () -> [(OutgoingRecord, Data?, Data?, Data?, Int?)] in
            let patience = Patience()
            while true {
                try patience.check()
                let records = try consumer.poll(atMost: 10, timeoutMilliseconds: 100) { record in
                    (
                        record.copy, record.header("bytes"), record.header("type"), record.header("absent"),
                        record.timestamp
                    )
                }
                if !records.isEmpty { return records }
            }
        }
        let (copy, bytes, type, absent, timestamp) = try #require(records.first)
        #expect(copy == sent)
        #expect(bytes == Data([0, 255, 10]) && type == Data("Again".utf8) && absent == nil)
        #expect(try #require(timestamp) >= before)
    }

    @Test("A record names the cluster that it came from")
    func cluster() async throws {
        let cluster = try MockCluster.with(topic: "t", partitions: 1)
        let producer = try cluster.producer()
        _ = await producer.send([OutgoingRecord("t", "k", "0")])
        let id = try #require(await producer.clusterId(timeout: .seconds(5)))
        let consumer = try cluster.consumer("t")
        let named = try await offPool { () -> [String?] in
            let patience = Patience()
            while true {
                try patience.check()
                let named = try consumer.poll(atMost: 1, timeoutMilliseconds: 100) { $0.clusterId }
                if !named.isEmpty { return named }
            }
        }
        #expect(named == [id])
    }

    @Test("Tombstones, missing keys, empty payloads and invalid UTF-8 are legal records")
    func oddRecords() async throws {
        let cluster = try MockCluster.with(topic: "t", partitions: 1)
        let sent = [
            OutgoingRecord(topic: "t", key: Data("k".utf8), payload: nil),
            OutgoingRecord(topic: "t", key: nil, payload: Data("no key".utf8)),
            OutgoingRecord(topic: "t", key: nil, payload: nil),
            OutgoingRecord(topic: "t", key: Data(), payload: Data()),
            OutgoingRecord(
                topic: "t", key: Data([0xC3, 0x28]), headers: [RecordHeader(name: "", value: Data([0xFF, 0]))],
                payload: Data([0, 0xFF])),
        ]
        let producer = try cluster.producer()
        // One by one: messages without a key need not keep their order within a batch.
        for message in sent { #expect(await producer.send([message]) == [nil]) }
        #expect(try await cluster.consumer("t").read(5).map(\.message) == sent)
    }

    @Test("What was stored is committed without a close")
    func commitsWhilePolling() async throws {
        let cluster = try MockCluster.with(topic: "t", partitions: 1)
        _ = await (try cluster.producer()).send((0..<4).map { OutgoingRecord("t", "k", "\($0)") })
        let first = try cluster.consumer("t")
        first.store(try await first.read(4))
        try await first.pollUntil { $0.committedOffset(TopicPartition("t", 0)) == 4 }
    }

    @Test("A poll returns nothing of an assignment that ended during it")
    func movedDuringPoll() async throws {
        let cluster = try MockCluster.with(topic: "t", partitions: 1)
        _ = await (try cluster.producer()).send((0..<10).map { OutgoingRecord("t", "k", "\($0)") })
        let consumer = try cluster.consumer("t")
        let offsets = try await offPool { () -> [Int] in
            let patience = Patience()
            while true {
                try patience.check()
                let offsets = try consumer.poll(atMost: 10, timeoutMilliseconds: 100) { record in
                    if record.offset == 3 { consumer.assigned.state.withLock { $0.generation += 1 } }
                    return record.offset
                }
                if !offsets.isEmpty { return offsets }
            }
        }
        #expect(offsets == [4, 5, 6, 7, 8, 9])
    }

    @Test("Offsets of an older assignment are not stored")
    func staleGeneration() async throws {
        let cluster = try MockCluster.with(topic: "t", partitions: 1)
        _ = await (try cluster.producer()).send([OutgoingRecord("t", "k", "0")])
        let first = try cluster.consumer("t")
        let read = try #require(await first.read(1).first)
        first.storeOffsets([read.place: 1], generation: read.generation - 1)
        #expect(first.assigned.state.withLock { $0.stored.isEmpty })
    }

    @Test("Seek reads a record again, and what follows it")
    func seek() async throws {
        let cluster = try MockCluster.with(topic: "t", partitions: 1)
        _ = await (try cluster.producer()).send((0..<5).map { OutgoingRecord("t", "k", "\($0)") })
        let consumer = try cluster.consumer("t")
        _ = try await consumer.read(4)
        try await offPool { try consumer.seek(TopicPartition("t", 0), to: 1) }
        #expect(try await consumer.read(4).map(\.text) == ["1", "2", "3", "4"])
    }

    @Test("Seeking in a partition of someone else fails")
    func seekUnassigned() async throws {
        let cluster = try MockCluster.with(topic: "t", partitions: 1)
        let consumer = try cluster.consumer("t")
        await #expect(throws: KafkaError.self) {
            try await offPool { try consumer.seek(TopicPartition("t", 0), to: 1) }
        }
    }

    @Test("An offset that the broker does not have is an error")
    func lostOffset() async throws {
        let cluster = try MockCluster.with(topic: "t", partitions: 1)
        _ = await (try cluster.producer()).send([OutgoingRecord("t", "k", "0")])
        let consumer = try cluster.consumer("t")
        let read = try #require(await consumer.read(1).first)
        try await offPool { try consumer.seek(read.place, to: 1_000_000) }
        let error = try await consumer.readUntilError()
        #expect(error.isOffsetLost && error.topic == "t", "\(error)")
    }

    @Test("A broker that goes and comes back does not end the consumer")
    func brokerDownThenUp() async throws {
        let cluster = try MockCluster.with(topic: "t")
        let (producer, consumer) = (try cluster.producer(timeout: .seconds(30)), try cluster.consumer("t"))
        #expect(await producer.send([OutgoingRecord("t", "k", "before")]) == [nil])
        let before = try await consumer.read(1)
        #expect(before.map(\.text) == ["before"])
        consumer.store(before)
        cluster.stopBroker()
        async let sent = producer.send([OutgoingRecord("t", "k", "after")])
        #expect(try await offPool { try consumer.poll(atMost: 1, timeoutMilliseconds: 500) { $0.offset } } == [])
        cluster.startBroker()
        #expect(await sent == [nil])
        var next = try await consumer.read(1)
        // A member that lost its session reads again what it had not committed.
        while next.map(\.text) == ["before"] { next = try await consumer.read(1) }
        #expect(next.map(\.text) == ["after"])
    }

    @Test("Close ends in time when the broker is down")
    func closeWithBrokerDown() async throws {
        let cluster = try MockCluster.with(topic: "t")
        _ = await (try cluster.producer()).send([OutgoingRecord("t", "k", "0")])
        let consumer = try cluster.consumer("t")
        consumer.store(try await consumer.read(1))
        cluster.stopBroker()
        let time = await ContinuousClock().measure { await consumer.close(timeout: .seconds(1)) }
        #expect(time < .seconds(4))
        await #expect(throws: KafkaError.self) { _ = try await consumer.read(1) }
    }

    @Test("In a hurry, a member waits less long for a broker that does not tell where it was")
    func hurry() async throws {
        let ends = try await withThrowingTaskGroup(of: (isInHurry: Bool, error: KafkaError).self) { group in
            for isInHurry in [false, true] {
                group.addTask {
                    let cluster = try MockCluster.with(topic: "t")
                    for _ in 0..<20 { cluster.delay(.listOffsets, by: .seconds(30)) }
                    let consumer = try cluster.consumer("t")
                    if isInHurry { consumer.hurry() }
                    let error = try await consumer.readUntilError()
                    await consumer.close(timeout: .seconds(1))
                    return (isInHurry, error)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(ends.map(\.isInHurry) == [true, false])
        #expect(ends.map(\.error.name) == ["_TIMED_OUT", "_TIMED_OUT"])
    }

    @Test("A second member takes over half of the partitions, and the generation of the first one grows")
    func rebalance() async throws {
        let cluster = try MockCluster.with(topic: "t", partitions: 4)
        let first = try cluster.consumer("t")
        try await first.pollUntil { $0.assignment.count == 4 }
        let generation = first.generation
        let second = try cluster.consumer("t")
        // Both poll until both are there: a member that stops polling would hold up a further round of the rebalance.
        let isShared: @Sendable (KafkaConsumer) -> Bool = { _ in
            first.assignment.count == 2 && second.assignment.count == 2
        }
        async let joined: Void = second.pollUntil(isShared)
        try await first.pollUntil(isShared)
        try await joined
        #expect(first.generation > generation)
        #expect(first.assignment.union(second.assignment).count == 4)
    }

    @Test("The lag counts what was not polled yet")
    func lag() async throws {
        let cluster = try MockCluster.with(topic: "t", partitions: 1)
        _ = await (try cluster.producer()).send((0..<10).map { OutgoingRecord("t", "k", "\($0)") })
        let consumer = try cluster.consumer("t")
        _ = try await consumer.read(4)
        #expect(consumer.lag == [TopicPartition("t", 0): 6])
    }
}
