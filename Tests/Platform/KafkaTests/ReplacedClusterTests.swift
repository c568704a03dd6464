import CLoopbackPort
import Foundation
import Records
import Telemetry
import Testing

@testable import Kafka

/// What happens when an empty broker takes the place of the one that everybody knew.
@Suite(.timeLimit(.minutes(5))) struct ReplacedClusterTests {
    /// A cluster with one topic of one partition at `port`; 0 lets the system choose.
    private func cluster(port: UInt16 = 0) throws -> MockCluster {
        try #require(loopback_port_reserve(port) == 0)
        return try MockCluster.with(topic: "t", partitions: 1)
    }

    /// Puts an empty cluster in the place of `old`, with another id.
    private func replace(_ old: inout MockCluster?) async throws -> MockCluster {
        let port = try #require(old.flatMap { UInt16($0.bootstrapServers.split(separator: ":").last ?? "") })
        let before = try await id(#require(old))
        let patience = Patience()
        while true {
            try patience.check()
            old = nil
            // The id of a mock cluster is its address in memory; this one may take up that of the old one.
            let filler = try MockCluster()
            let new = try withExtendedLifetime(filler) { try cluster(port: port) }
            if try await id(new) != before { return new }
            old = new
        }
    }

    private func id(_ cluster: MockCluster) async throws -> String {
        try #require(await (try cluster.producer()).clusterId(timeout: .seconds(5)))
    }

    @Test("The producer tells the new cluster from the old one, and sends to it")
    func producer() async throws {
        var old: MockCluster? = try cluster()
        let producer = try #require(try old?.producer())
        #expect(await producer.send([OutgoingRecord("t", "k", "1")]) == [nil])
        let before = await producer.clusterId(timeout: .seconds(5))
        #expect(before != nil)
        #expect(await producer.clusterId(timeout: .seconds(5)) == before)

        let new = try await replace(&old)
        var after = await producer.clusterId(timeout: .seconds(1))
        while after == nil { after = await producer.clusterId(timeout: .seconds(1)) }
        #expect(after != before)
        let sent = await producer.send((0..<5).map { OutgoingRecord("t", "k", "\($0)") })
        #expect(sent == [nil, nil, nil, nil, nil])
        #expect(try await new.consumer("t").read(5).map(\.text) == ["0", "1", "2", "3", "4"])
    }

    @Test("The consumer skips nothing of the new cluster, even when it is as full as the old one")
    func consumer() async throws {
        var old: MockCluster? = try cluster()
        let producer = try #require(try old?.producer())
        _ = await producer.send((0..<50).map { OutgoingRecord("t", "k", "old \($0)") })
        let consumer = try #require(try old?.consumer("t"))
        consumer.store(try await consumer.read(50))
        try await consumer.pollUntil { $0.committedOffset(TopicPartition("t", 0)) == 50 }

        let new = try await replace(&old)
        let again = try new.producer()
        #expect(await again.send((0..<60).map { OutgoingRecord("t", "k", "new \($0)") }).allSatisfy { $0 == nil })
        var seen: Set<String> = []
        do {
            // The member may notice first that the new cluster does not know it, and begin anew by itself.
            while seen.count < 60 {
                let reads = try await consumer.read(1)
                consumer.store(reads)
                seen.formUnion(reads.compactMap(\.text).filter { $0.hasPrefix("new") })
            }
        } catch let error as KafkaError {
            #expect(error.isClusterReplaced || error.isOffsetLost, "\(error)")
            await consumer.close(timeout: .seconds(5))
            let next = try new.consumer("t")
            while seen.count < 60 { seen.formUnion(try await next.read(1).compactMap(\.text)) }
        }
        #expect(seen == Set((0..<60).map { "new \($0)" }))
    }
}
