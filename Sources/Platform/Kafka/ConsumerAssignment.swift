import CRdKafka
import Records
import Synchronization

/// The partitions that one consumer has at the moment, kept by librdkafka's rebalance callback.
final class ConsumerAssignment: Sendable {
    struct State {
        var partitions: Set<TopicPartition> = []
        var generation = 0
        /// The cluster that the offsets of this assignment belong to, also when it could not be taken on.
        var clusterId: String?
        /// Offsets to go on from, by the partitions that were handled since they were assigned.
        var stored: [TopicPartition: Int] = [:]
        /// Whether `stored` changed since it was last committed.
        var isDirty = false
        var nextCommit = ContinuousClock.now
        /// How far the group had read when the partitions were assigned.
        var marks = ReadMarks()
        /// Where it began, as far as nobody knew that before; until it is taken.
        var beginnings = ReadMarks()
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
    private let marks: @Sendable () throws -> ReadMarks
    private let log: KafkaLog

    init(marks: @escaping @Sendable () throws -> ReadMarks, log: KafkaLog) { (self.marks, self.log) = (marks, log) }

    var current: Current { state.withLock { Current(generation: $0.generation, clusterId: $0.clusterId) } }

    /// Takes on or gives up all partitions: the eager protocol of the assignor `range`.
    ///
    /// Runs on the thread that polls or closes, inside librdkafka's call.
    func rebalance(
        _ client: OpaquePointer, _ code: rd_kafka_resp_err_t,
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) {
        if code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            if let error = setBeginnings(client, list) {
                rd_kafka_assign(client, nil)
                change(to: [], clusterId: knownClusterId(client))
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
            state.partitions = Set(partitions)
            state.generation += 1
            state.clusterId = clusterId
            (state.stored, state.isDirty) = ([:], false)
        }
    }

    /// Where reading began, or goes on from.
    func mark(of place: TopicPartition) -> Int {
        state.withLock { $0.stored[place] ?? $0.marks.offset(place, in: $0.clusterId ?? "") ?? 0 }
    }

    /// For the polling thread, which must make another consumer then.
    func takeFailure() -> KafkaError? { state.withLock { $0.failure.take() } }

    func takeBeginnings() -> ReadMarks? {
        state.withLock { state in
            defer { state.beginnings = ReadMarks() }
            return state.beginnings.marks.isEmpty ? nil : state.beginnings
        }
    }

    /// Asks which cluster answers, and sets each partition to its mark there. From then on a missing offset is an
    /// error: the consumer has `auto.offset.reset=error`.
    /// - Returns: why that cannot be known; guessing could skip events.
    private func setBeginnings(
        _ client: OpaquePointer, _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) -> KafkaError? {
        let places = list.partitions
        var (marks, beginnings) = (ReadMarks(), ReadMarks())
        do throws(KafkaError) {
            // Not what this consumer remembers: another member may have gone on since, or begun anew in a topic made again.
            let known = try latestMarks()
            marks = known
            // A client hears of another cluster seconds after it has connected to it, unless it asks.
            try ask { timeout throws(KafkaError) in _ = try ClusterMetadata(client, timeout: timeout) }
            let cluster = knownClusterId(client) ?? ""
            let isMadeAgain = placesThatEndBeforeTheirMarks(known, places, in: cluster, client)
            let new = places.filter { known.offset($0, in: cluster) == nil || isMadeAgain.contains($0) }
            let first = try ask { timeout throws(KafkaError) in
                try PartitionList.offsets(at: RD_KAFKA_OFFSET_BEGINNING, of: new, client, timeout: timeout)
            }
            for (index, place) in places.enumerated() {
                let offset = first[place] ?? known.offset(place, in: cluster) ?? 0
                // By its word and not its number, as the first record may be removed before it is fetched.
                list.elements[index].offset = Int64(first[place] == nil ? offset : Int(RD_KAFKA_OFFSET_BEGINNING))
                let mark = ReadMarks.Mark(cluster: cluster, offset: offset)
                if known.marks[place] != mark { (marks.marks[place], beginnings.marks[place]) = (mark, mark) }
            }
        } catch { return error }
        state.withLock {
            $0.marks = marks; $0.beginnings.marks.merge(beginnings.marks) { $1 }
        }
        return nil
    }

    private func latestMarks() throws(KafkaError) -> ReadMarks {
        do { return try marks() } catch {
            throw KafkaError(RD_KAFKA_RESP_ERR__STATE, reason: "it is not known how far the topic was read: \(error)")
        }
    }

    /// Those that were made again, or cut off. Asked once only: a partition without a leader must not hold up the
    /// others, and one that is not recognised here is an error later, loud and harmless.
    private func placesThatEndBeforeTheirMarks(
        _ marks: ReadMarks, _ places: [TopicPartition], in cluster: String, _ client: OpaquePointer
    ) -> Set<TopicPartition> {
        let read = places.filter { marks.offset($0, in: cluster) != nil }
        do throws(KafkaError) {
            let ends = try PartitionList.offsets(at: RD_KAFKA_OFFSET_END, of: read, client, timeout: .seconds(1))
            return Set(read.filter { place in ends[place].map { $0 < marks.offset(place, in: cluster) ?? 0 } ?? false })
        } catch {
            log.write(level: 6, facility: error.name, text: error.description)
            return []
        }
    }

    /// Waits 1, 2 and 3 s for an answer; a hurry ends that between two of them.
    private func ask<T>(_ question: (_ timeout: Duration) throws(KafkaError) -> T) throws(KafkaError) -> T {
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
    func store(_ offsets: [TopicPartition: Int], generation: Int) {
        state.withLock { state in
            guard generation == state.generation else { return }
            for (place, offset) in offsets where state.partitions.contains(place) {
                state.stored[place] = max(offset, state.stored[place] ?? 0)
                state.isDirty = true
            }
        }
    }

    /// Sends the stored offsets off without waiting for the answer; unassigning waits for it. Only tools that show the
    /// lag read them: the marks decide where to begin.
    func commit(_ client: OpaquePointer) {
        let stored = state.withLock { state in
            state.isDirty = false
            return state.stored
        }
        guard !stored.isEmpty else { return }
        let list = PartitionList(capacity: stored.count)
        for (place, offset) in stored { list.add(place.topic, place.partition, offset: offset) }
        rd_kafka_commit(client, list.pointer, 1)
    }
}
