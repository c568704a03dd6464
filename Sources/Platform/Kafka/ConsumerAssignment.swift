import CRdKafka
import Synchronization

/// The partitions that one consumer has at the moment, kept by librdkafka's rebalance callback.
final class ConsumerAssignment: Sendable {
    struct State {
        var partitions: Set<TopicPartition> = []
        var generation = 0
        /// The cluster that the offsets of this assignment belong to.
        var clusterId: String?
        /// Whether an offset was stored and not committed yet.
        var hasStored = false
        var nextCommit = ContinuousClock.now
        /// Why partitions that were offered could not be taken on.
        var failure: KafkaError?
    }

    let state = Mutex(State())
    private let log: KafkaLog

    init(log: KafkaLog) { self.log = log }

    /// Takes on or gives up all partitions: the eager protocol of the assignor `range`.
    ///
    /// Runs on the thread that polls or closes, inside librdkafka's call.
    func rebalance(
        _ client: OpaquePointer, _ code: rd_kafka_resp_err_t,
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) {
        if code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            if let error = startAtBeginningOnFirstUse(client, list) {
                rd_kafka_assign(client, nil)
                return state.withLock { $0.failure = error }
            }
            rd_kafka_assign(client, list)
            change(to: list.partitions, clusterId: knownClusterId(client))
        } else {
            commitStored(client, isWanted: rd_kafka_assignment_lost(client) == 0)
            rd_kafka_assign(client, nil)
            change(to: [], clusterId: nil)
        }
    }

    private func change(to partitions: [TopicPartition], clusterId: String?) {
        state.withLock { state in
            state.partitions = Set(partitions)
            state.generation += 1
            state.clusterId = clusterId
            state.hasStored = false
        }
    }

    /// For the polling thread, which must make another consumer then.
    func takeFailure() -> KafkaError? { state.withLock { $0.failure.take() } }

    /// A group that never committed a partition reads it from the start. From then on a missing offset is an error,
    /// because the consumer has `auto.offset.reset=error`.
    /// - Returns: why the group's offsets cannot be known; guessing them could skip events.
    private func startAtBeginningOnFirstUse(
        _ client: OpaquePointer, _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) -> KafkaError? {
        let code = rd_kafka_committed(client, list, 10_000)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { return KafkaError(code) }
        for index in list.elements.indices {
            let element = list.elements[index]
            guard element.err == RD_KAFKA_RESP_ERR_NO_ERROR else { return KafkaError(element.err) }
            if element.offset < 0 { list.elements[index].offset = Int64(RD_KAFKA_OFFSET_BEGINNING) }
        }
        return nil
    }

    /// Sends the stored offsets off without waiting; unassigning waits for the answer.
    ///
    /// Offsets of a replaced cluster mean nothing to the new one, so they are dropped.
    private func commitStored(_ client: OpaquePointer, isWanted: Bool) {
        let (hasStored, clusterId) = state.withLock { ($0.hasStored, $0.clusterId) }
        guard isWanted, hasStored, clusterId == knownClusterId(client) else { return }
        rd_kafka_commit(client, nil, 1)
    }
}
