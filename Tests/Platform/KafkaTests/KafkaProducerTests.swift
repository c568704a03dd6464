import Foundation
import Records
import Telemetry
import Testing

@testable import Kafka

@Suite(.timeLimit(.minutes(5))) struct KafkaProducerTests {
    @Test("A batch arrives whole, and in order for each key")
    func order() async throws {
        let cluster = try MockCluster.with(topic: "t")
        let producer = try cluster.producer()
        let sent = (0..<1000).map { OutgoingRecord("t", "key-\($0 % 10)", "\($0)") }
        let results = await producer.send(sent)
        #expect(results == [KafkaError?](repeating: nil, count: 1000))

        let reads = try await cluster.consumer("t").read(1000)
        for key in (0..<10).map({ "key-\($0)" }) {
            let expected = stride(from: Int(key.suffix(1)) ?? 0, to: 1000, by: 10).map(String.init)
            #expect(reads.filter { $0.keyText == key }.compactMap(\.text) == expected)
        }
    }

    @Test("Many who send into one partition at the same time do not look like a topic that was made again")
    func concurrent() async throws {
        let cluster = try MockCluster.with(topic: "t")
        let producer = try cluster.producer()
        await withTaskGroup { group in
            for sender in 0..<12 {
                group.addTask {
                    for number in 0..<50 { _ = await producer.send([OutgoingRecord("t", "k", "\(sender) \(number)")]) }
                }
            }
        }
        #expect(producer.topicRestarts == 0)
    }

    @Test("No messages are sent at once")
    func emptyBatch() async throws {
        let producer = try MockCluster().producer()
        #expect(await producer.send([]) == [])
    }

    @Test("A message that is too large fails alone")
    func tooLarge() async throws {
        let cluster = try MockCluster.with(topic: "t")
        var messages = (0..<3).map { OutgoingRecord("t", "k", "\($0)") }
        messages[1].payload = Data(count: 2_000_000)
        let results = await (try cluster.producer()).send(messages)
        #expect(results[0] == nil && results[2] == nil)
        #expect(results[1]?.name == "MSG_SIZE_TOO_LARGE" && results[1]?.topic == "t")
        #expect(results[1]?.isRetriable == false)
    }

    @Test("A refusal of the broker fails one message, not its neighbours")
    func refused() async throws {
        let cluster = try MockCluster.with(topic: "t", partitions: 1)
        let producer = try cluster.producer()
        cluster.push(errors: [29], for: .produce)
        let first = await producer.send([OutgoingRecord("t", "k", "a")])
        #expect(first.first??.name == "TOPIC_AUTHORIZATION_FAILED")
        // librdkafka keeps this refusal of a topic until it next hears of the topic.
        #expect(await producer.clusterId(timeout: .seconds(5)) != nil)
        let second = await producer.send([OutgoingRecord("t", "k", "b")])
        #expect(second == [nil])
    }

    @Test("Sending waits for a broker that is down, and goes on when it is back")
    func brokerDownThenUp() async throws {
        let cluster = try MockCluster.with(topic: "t")
        let producer = try cluster.producer()
        try await producer.warmUp(topic: "t", timeout: .seconds(5))
        cluster.stopBroker()
        async let results = producer.send([OutgoingRecord("t", "k", "late")])
        #expect(await producer.clusterId(timeout: .milliseconds(300)) == nil)
        cluster.startBroker()
        #expect(await results == [nil])
    }

    @Test("A broker that stays away fails the messages after their timeout, for the caller to send again")
    func messageTimeout() async throws {
        let cluster = try MockCluster.with(topic: "t")
        let producer = try cluster.producer(timeout: .milliseconds(600))
        try await producer.warmUp(topic: "t", timeout: .seconds(5))
        cluster.stopBroker()
        let results = await producer.send([OutgoingRecord("t", "k", "1"), OutgoingRecord("t", "k", "2")])
        #expect(results.map { $0?.name } == ["_MSG_TIMED_OUT", "_MSG_TIMED_OUT"])
        #expect(results.allSatisfy { $0?.isRetriable == true })
        cluster.startBroker()
        var sent = await producer.send([OutgoingRecord("t", "k", "1")])
        while sent != [nil] { sent = await producer.send([OutgoingRecord("t", "k", "1")]) }
    }

    @Test("A full local queue is waited out")
    func queueFull() async throws {
        let cluster = try MockCluster.with(topic: "t")
        let producer = try KafkaProducer(
            KafkaConnection(
                cluster.bootstrapServers, properties: try KafkaProperties("producer.queue.buffering.max.messages=10")),
            clientId: "test", log: .silent)
        let results = await producer.send((0..<200).map { OutgoingRecord("t", "k\($0)", "x") })
        #expect(results.count == 200 && results.allSatisfy { $0 == nil })
    }

    @Test("After a fatal error unfinished messages are reported, and the next ones go out on a new instance")
    func fatalError() async throws {
        let cluster = try MockCluster.with(topic: "t")
        let producer = try cluster.producer()
        #expect(await producer.send([OutgoingRecord("t", "k", "1")]) == [nil])
        cluster.setRoundTrip(.seconds(5))
        let (old, stuck) = (try producer.current(), DeliveryBatch(count: 1, offsets: OffsetWatch()))
        #expect(old.produce([OutgoingRecord("t", "k", "2")], from: 0, into: stuck) == 1)
        old.raiseFatalError()
        await stuck.reports()
        #expect(stuck.failure(0, topic: "t")?.isRetriable == true)
        cluster.setRoundTrip(.zero)
        #expect(await producer.send([OutgoingRecord("t", "k", "3")]) == [nil])
        #expect(try producer.current() !== old)
        await old.ended()
    }

    @Test("Close gives up what a dead broker keeps from being delivered, within its timeout")
    func closeWithBrokerDown() async throws {
        let cluster = try MockCluster.with(topic: "t")
        let producer = try cluster.producer(timeout: .seconds(60))
        try await producer.warmUp(topic: "t", timeout: .seconds(5))
        cluster.stopBroker()
        let batch = DeliveryBatch(count: 100, offsets: OffsetWatch())
        let messages = (0..<100).map { OutgoingRecord("t", "k", "\($0)") }
        #expect(try producer.current().produce(messages, from: 0, into: batch) == 100)
        let time = await ContinuousClock().measure { await producer.close(timeout: .milliseconds(200)) }
        #expect(time < .seconds(30), "not the minute that a message may take")
        await batch.reports()
        #expect((0..<100).allSatisfy { batch.failure($0, topic: "t")?.isRetriable == true })
    }

    @Test("Close delivers what is on its way")
    func closeFlushes() async throws {
        let cluster = try MockCluster.with(topic: "t")
        let producer = try cluster.producer()
        try await producer.warmUp(topic: "t", timeout: .seconds(5))
        cluster.setRoundTrip(.milliseconds(200))
        let batch = DeliveryBatch(count: 1, offsets: OffsetWatch())
        #expect(try producer.current().produce([OutgoingRecord("t", "k", "1")], from: 0, into: batch) == 1)
        await producer.close(timeout: .seconds(30))
        await batch.reports()
        #expect(batch.failure(0, topic: "t") == nil)
    }

    @Test("A closed producer refuses, and closes again at once")
    func closed() async throws {
        let producer = try MockCluster().producer()
        await producer.close(timeout: .seconds(1))
        await producer.close(timeout: .seconds(1))
        #expect(await producer.send([OutgoingRecord("t", "k", "1")]).first??.name == "_DESTROY")
        #expect(await producer.clusterId(timeout: .seconds(1)) == nil)
    }

    @Test("A topic of the mock cluster is made by asking for it")
    func ensureTopic() async throws {
        let cluster = try MockCluster.with(topic: "known", partitions: 7)
        let producer = try cluster.producer()
        #expect(try await producer.ensureTopic("known", partitions: 12) == 7)
        #expect(try await producer.ensureTopic("new", partitions: 12) == 4)
    }

    @Test("The partition of a key is known before it is sent, and the same while the producer lives")
    func partition() async throws {
        let cluster = try MockCluster.with(topic: "t", partitions: 7)
        let producer = try cluster.producer()
        #expect(producer.partition(of: Data("k".utf8), in: "t") == nil)
        try await producer.warmUp(topic: "t", timeout: .seconds(5))
        #expect(producer.partition(of: nil, in: "t") == nil)
        let keys = ["", "a", "주문-1"] + (0..<100).map { "key-\($0)" }
        #expect(await producer.send(keys.map { OutgoingRecord("t", $0, $0) }).allSatisfy { $0 == nil })
        for read in try await cluster.consumer("t").read(keys.count) {
            #expect(producer.partition(of: read.message.key, in: "t") == read.partition, "\(read.text ?? "")")
        }
    }

    @Test("Warming up fails in time when there is no broker")
    func warmUpWithoutBroker() async throws {
        let cluster = try MockCluster()
        let producer = try cluster.producer()
        cluster.stopBroker()
        await #expect(throws: KafkaError.self) {
            try await producer.warmUp(topic: "t", timeout: .milliseconds(300))
        }
    }

    @Test("A malformed setting is named")
    func badSetting() {
        #expect {
            let connection = KafkaConnection("127.0.0.1:1", security: ["security.protocol": "none"])
            _ = try KafkaProducer(connection, clientId: "test", log: .silent)
        } throws: {
            "\($0)".contains("security.protocol")
        }
    }
}
