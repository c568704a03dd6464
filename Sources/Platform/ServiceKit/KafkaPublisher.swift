import EventBus
import Kafka

/// The outbox's way to Kafka.
struct KafkaPublisher: EventPublisher {
    let producer: KafkaProducer

    func lane(of record: OutgoingRecord) -> EventLane {
        EventLane(topic: record.topic, partition: producer.partition(of: record.key, in: record.topic))
    }

    func publish(_ records: [OutgoingRecord]) async -> [PublishFailure?] {
        let messages = records.map { record in
            KafkaMessage(
                topic: record.topic, key: record.key,
                headers: record.headers.map { KafkaHeader(name: $0.name, value: $0.value) }, payload: record.payload)
        }
        return await producer.send(messages).map { error in
            error.map { PublishFailure(reason: $0.description, isPermanent: !$0.isRetriable) }
        }
    }

    func clusterId() async -> String? { await producer.clusterId(timeout: .seconds(2)) }
}
