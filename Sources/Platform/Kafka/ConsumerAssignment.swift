import CRdKafka
import Synchronization

/// The partitions that one consumer has at the moment, kept by librdkafka's rebalance callback.
final class ConsumerAssignment: Sendable {
    struct State {
        var partitions: Set<TopicPartition> = []
        var generation = 0
        /// The cluster that the offsets of this assignment belong to.
        var clusterId: String?
        /// Offsets to go on from, by the partitions that were handled since they were assigned.
        var stored: [TopicPartition: Int64] = [:]
        /// Whether `stored` changed since it was last committed.
        var isDirty = false
        var nextCommit = ContinuousClock.now
        var marks = ReadMarks()
        /// Whether `marks` changed since they were last taken.
        var hasNewMarks = false
        /// Why partitions that were offered could not be taken on.
        var failure: KafkaError?
    }

    /// What a record is told of the assignment that it came with.
    struct Current {
        var generation: Int
        var clusterId: String?
    }

    let state = Mutex(State())
    /// Whether to give up soon when brokers are silent.
    let isInHurry = Atomic(false)
    private let log: KafkaLog

    init(marks: ReadMarks, log: KafkaLog) {
        self.log = log
        state.withLock { $0.marks = marks }
    }

    var current: Current { state.withLock { Current(generation: $0.generation, clusterId: $0.clusterId) } }

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
            if rd_kafka_assignment_lost(client) == 0 { commit(client) }
            rd_kafka_assign(client, nil)
            change(to: [], clusterId: nil)
        }
    }

    private func change(to partitions: [TopicPartition], clusterId: String?) {
        state.withLock { state in
            // Handled, but perhaps not committed: no loss when it is removed before the partition comes back.
            for (place, offset) in state.stored {
                state.marks.offsets[state.clusterId ?? "", default: [:]][place] = offset
            }
            state.partitions = Set(partitions)
            state.generation += 1
            state.clusterId = clusterId
            (state.stored, state.isDirty) = ([:], false)
        }
    }

    /// For the polling thread, which must make another consumer then.
    func takeFailure() -> KafkaError? { state.withLock { $0.failure.take() } }

    /// What changed in the marks since the last time; to be kept before what was read is handled.
    func takeMarks() -> ReadMarks? {
        state.withLock { state in
            defer { state.hasNewMarks = false }
            return state.hasNewMarks ? state.marks : nil
        }
    }

    /// A group that never committed a partition of this cluster reads it from the start. From then on a missing offset
    /// is an error: the consumer has `auto.offset.reset=error`, and the marks tell expired offsets from a first use.
    /// - Returns: why the group's offsets cannot be known; guessing them could skip events.
    private func startAtBeginningOnFirstUse(
        _ client: OpaquePointer, _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) -> KafkaError? {
        // A client hears of another cluster seconds after it has connected to it, unless it asks.
        do throws(KafkaError) {
            try ask { timeout throws(KafkaError) in _ = try ClusterMetadata(client, timeout: timeout) }
            try ask { timeout throws(KafkaError) in
                let code = rd_kafka_committed(client, list, timeout.milliseconds)
                guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code) }
            }
        } catch { return error }
        let clusterId = knownClusterId(client)
        let known = state.withLock(\.marks)
        var marks = known
        for index in list.elements.indices {
            do throws(KafkaError) {
                var (place, mark) = try Self.usableOffset(list.elements[index], of: clusterId)
                if mark == nil {
                    list.elements[index].offset = Int64(RD_KAFKA_OFFSET_BEGINNING)
                    try ask { timeout throws(KafkaError) in
                        mark = try known.beginning(of: place, in: clusterId ?? "", client, timeout: timeout)
                    }
                }
                marks.offsets[clusterId ?? "", default: [:]][place] = mark
            } catch { return error }
        }
        state.withLock { ($0.marks, $0.hasNewMarks) = (marks, $0.hasNewMarks || marks != known) }
        return nil
    }

    /// - Returns: the partition, and the offset that the group has committed in this cluster; `nil` when it has none.
    private static func usableOffset(
        _ element: rd_kafka_topic_partition_t, of clusterId: String?
    ) throws(KafkaError) -> (TopicPartition, Int64?) {
        guard element.err == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(element.err) }
        let place = TopicPartition(element.topic.map { String(cString: $0) } ?? "", element.partition)
        let note = UnsafeMutablePointer<rd_kafka_topic_partition_list_t>.note(element)
        // An offset without a note was set by an operator's tool, and counts.
        let isForeign = !note.isEmpty && clusterId != nil && note != clusterId
        return (place, element.offset < 0 || isForeign ? nil : element.offset)
    }

    /// Waits 1, 2 and 3 s for an answer; a hurry ends that between two of them.
    private func ask(_ question: (_ timeout: Duration) throws(KafkaError) -> Void) throws(KafkaError) {
        var seconds = 1
        while true {
            do throws(KafkaError) { return try question(.seconds(seconds)) } catch {
                let isSilence = error.code == RD_KAFKA_RESP_ERR__TIMED_OUT.rawValue
                guard isSilence, seconds < 3, !isInHurry.load(ordering: .relaxed) else { throw error }
                seconds += 1
            }
        }
    }
}

// MARK: - Offsets

extension ConsumerAssignment {
    func store(_ offsets: [TopicPartition: Int64], generation: Int) {
        state.withLock { state in
            guard generation == state.generation else { return }
            for (place, offset) in offsets where state.partitions.contains(place) {
                state.stored[place] = max(offset, state.stored[place] ?? 0)
                state.isDirty = true
            }
        }
    }

    /// Sends the stored offsets off without waiting for the answer; unassigning waits for it.
    func commit(_ client: OpaquePointer) {
        let (stored, clusterId) = state.withLock { state in
            state.isDirty = false
            return (state.stored, state.clusterId)
        }
        Self.commit(stored, of: clusterId, client)
    }

    /// Commits offsets with the cluster that they belong to as their note.
    ///
    /// A commit may reach an empty cluster that took the place of theirs a moment ago. There the note tells that the
    /// offsets mean nothing, so no record is skipped.
    static func commit(_ offsets: [TopicPartition: Int64], of clusterId: String?, _ client: OpaquePointer) {
        guard !offsets.isEmpty else { return }
        let list = PartitionList(capacity: offsets.count)
        for (place, offset) in offsets { list.add(place.topic, place.partition, offset: offset, note: clusterId) }
        rd_kafka_commit(client, list.pointer, 1)
    }
}
