import Events
import Foundation
import Kafka
import Messaging
import Records
import Telemetry
import Testing

@testable import ServiceKit

private let realBroker = ProcessInfo.processInfo.environment["KAFKA_TEST_BOOTSTRAP"]

/// Cases for an Apache Kafka broker, named by `KAFKA_TEST_BOOTSTRAP`.
@Suite(.enabled(if: realBroker != nil, "KAFKA_TEST_BOOTSTRAP names no broker"), .timeLimit(.minutes(5)))
struct RealTopicTests {
    @Test("Of many records under the limit of the topic and one over it, that one is refused for good")
    func maxMessageBytes() async throws {
        let topic = "small-\(UUID().uuidString)"
        let producer = try KafkaProducer(KafkaConnection(realBroker ?? ""), clientId: "test", log: .silent)
        try await producer.ensureTopic(topic, partitions: 1, configuration: ["max.message.bytes": "20000"])
        let sizes = (0..<100).map { $0 == 41 ? 30_000 : 1_000 }
        let records = sizes.enumerated().map { number, size in
            OutgoingRecord(
                topic: topic, key: Data("k".utf8), headers: [],
                payload: Data("\(number) ".utf8) + Data((0..<size).map { _ in UInt8.random(in: 0...255) }))
        }
        let results = await KafkaPublisher(producer: producer).publish(records)
        #expect(results.indices.filter { results[$0] != nil } == [41])
        #expect(results[41]?.isPermanent == true)
        #expect(try await numbers(topic) == Set(0..<100).subtracting([41]))
        await producer.close(timeout: .seconds(1))
    }

    /// What the records of `topic` begin with.
    private func numbers(_ topic: String) async throws -> Set<Int> {
        let consumer = try KafkaConsumer(
            KafkaConnection(realBroker ?? ""), group: topic, topics: [topic], clientId: "test", log: .silent)
        let numbers = try await offPool { () -> Set<Int> in
            var numbers: Set<Int> = []
            let deadline = ContinuousClock.now + .seconds(20)
            while numbers.count < 99, .now < deadline {
                numbers.formUnion(
                    try consumer.poll(atMost: 100, timeoutMilliseconds: 100) { record in
                        Int(String(decoding: (record.payload ?? Data()).prefix { $0 != 32 }, as: UTF8.self)) ?? -1
                    })
            }
            return numbers
        }
        await consumer.close(timeout: .seconds(5))
        return numbers
    }
}
