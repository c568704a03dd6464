import CRdKafka
public import Foundation
import Synchronization

extension KafkaProducer {
    /// Asks the brokers which cluster they are.
    ///
    /// Changes when another cluster answers at the same address, such as an in-memory broker that was started again.
    /// - Returns: `nil` when no broker answered within `timeout`.
    public func clusterId(timeout: Duration) async -> String? {
        guard let handle = try? current().handle else { return nil }
        return await Blocking.run {
            // The answer updates the id that librdkafka keeps, and keeps for ever otherwise.
            guard (try? ClusterMetadata(handle.pointer, timeout: timeout)) != nil else { return nil }
            return knownClusterId(handle.pointer)
        }
    }

    /// Connects, and learns the partitions of `topic`, so that the first message does not wait for that. Creates nothing.
    /// - Throws: ``KafkaError`` when the brokers or the topic are not there within `timeout`.
    public func warmUp(topic: String, timeout: Duration) async throws(KafkaError) {
        _ = try await partitions(of: topic, asking: .all, until: .now + timeout)
    }

    /// Creates `topic` unless it exists; an existing one is left as it is, and needs no right to create.
    ///
    /// The mock cluster has no admin API; there, asking for the topic's partitions creates it.
    /// - Parameters:
    ///   - replication: `nil` leaves it to the brokers (`default.replication.factor`).
    ///   - configuration: the topic's own settings, such as `max.message.bytes`.
    /// - Returns: the number of partitions it has.
    /// - Throws: ``KafkaError`` when the brokers refuse, or do not answer within `timeout`.
    @discardableResult
    public func ensureTopic(
        _ name: String, partitions: Int, replication: Int? = nil, configuration: [String: String] = [:],
        timeout: Duration = .seconds(10)
    ) async throws(KafkaError) -> Int {
        guard let handle = try current().handle else { throw KafkaError(RD_KAFKA_RESP_ERR__DESTROY) }
        let deadline = ContinuousClock.now + timeout
        let refusal = await Blocking.run { () -> KafkaError? in
            do throws(KafkaError) {
                let metadata = try ClusterMetadata(handle.pointer, .all, timeout: timeout)
                guard metadata.partitions(of: name) == nil, metadata.hasController else { return nil }
            } catch { return error }
            return createTopic(
                name, partitions: partitions, replication: replication, configuration: configuration, timeout: timeout,
                on: handle)
        }
        if let refusal { throw refusal }
        return try await self.partitions(of: name, asking: .one(name), until: deadline)
    }

    /// The partition that `key` leads to.
    ///
    /// Reckoned with the number of partitions that the topic had when it was first created, found or warmed up here, so
    /// that the answer for a key stays the same.
    /// - Returns: `nil` without a key, or for a topic that was not met.
    public func partition(of key: Data?, in topic: String) -> Int? {
        guard let key, let count = partitionCounts.withLock({ $0[topic] }) else { return nil }
        return key.withBytes {
            Int(rd_kafka_msg_partitioner_murmur2(nil, $0, key.count, Int32(clamping: count), nil, nil))
        }
    }

    /// Asks until the topic is there: the broker that answers may not know yet of one that was just created.
    private func partitions(
        of name: String, asking topics: ClusterMetadata.Topics, until deadline: ContinuousClock.Instant
    ) async throws(KafkaError) -> Int {
        while true {
            guard let handle = try current().handle else { throw KafkaError(RD_KAFKA_RESP_ERR__DESTROY) }
            let timeout = max(.milliseconds(1), deadline - .now)
            let answer = await Blocking.run {
                Result { () throws(KafkaError) in
                    try ClusterMetadata(handle.pointer, topics, timeout: timeout).partitions(of: name)
                }
            }
            if let count = try answer.get() {
                partitionCounts.withLock { if $0[name] == nil { $0[name] = count } }
                return count
            }
            if .now >= deadline { throw KafkaError(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, topic: name) }
            await Blocking.pause(milliseconds: 50)
        }
    }
}
