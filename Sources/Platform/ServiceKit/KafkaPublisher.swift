import Kafka
import Messaging
import Records

/// The outbox's way to Kafka.
struct KafkaPublisher: EventPublisher {
    let producer: KafkaProducer

    func lane(of record: OutgoingRecord) -> EventLane {
        EventLane(topic: record.topic, partition: producer.partition(of: record.key, in: record.topic))
    }

    func publish(_ records: [OutgoingRecord]) async -> [PublishFailure?] {
        await send(records[...]).map { error in
            error.map { PublishFailure(reason: $0.description, isPermanent: !$0.isRetriable) }
        }
    }

    /// A broker refuses a request over the topic's `max.message.bytes` as a whole. So what was refused together goes
    /// out again in halves, until the record that is too large is alone.
    private func send(_ records: ArraySlice<OutgoingRecord>) async -> [KafkaError?] {
        let errors = await producer.send(Array(records))
        let refused = errors.indices.filter { errors[$0]?.isTooLarge == true }
        guard refused.count > 1 else { return errors }
        let again = records.dropFirst(refused[0])
        let first = await send(again.prefix(again.count / 2))
        let rest = again.dropFirst(again.count / 2)
        // What follows a record that failed for now must not overtake it.
        if let failure = first.lazy.compactMap(\.self).first(where: \.isRetriable) {
            return errors.prefix(refused[0]) + first + rest.map { _ in failure }
        }
        return await errors.prefix(refused[0]) + first + send(rest)
    }

    var topicRestarts: Int { producer.topicRestarts }
    var lastOffsets: [TopicPartition: Int] { producer.lastOffsets }
    func remember(_ offsets: [TopicPartition: Int]) { producer.remember(offsets) }

    func clusterId() async -> String? { await producer.clusterId(timeout: .seconds(2)) }
}
