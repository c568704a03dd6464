import CRdKafka
public import Records
import Synchronization
public import Telemetry

/// Reads topics as a member of one consumer group, whose offsets move only as ``storeOffsets(_:generation:)`` says.
///
/// At least once: it begins where its ``ReadMarks`` say, and at the earliest record of a cluster that has none. An
/// offset that the broker no longer has is thrown (``KafkaError/isOffsetLost``), never skipped. What was stored is
/// committed every `commitInterval`, when partitions move, and on close, for tools that show the lag.
///
/// Poll, store and seek on one thread of the caller; everything else may be called from anywhere.
public final class KafkaConsumer: Sendable {
    let handle: KafkaHandle
    let assigned: ConsumerAssignment
    private let log: KafkaLog
    private let commitInterval: Duration
    private let isClosed = Atomic(false)
    /// Met after records that had to be returned first; thrown by the next poll.
    private let pending = Mutex<KafkaError?>(nil)

    /// Joins the group in the background.
    /// - Parameters:
    ///   - sessionTimeout: at least 3 s; how long the group waits for a member that went silent.
    ///   - fetchWait: how long the broker holds a fetch that finds less than a mebibyte; about the latency of an event.
    ///   - commitInterval: between commits of stored offsets.
    ///   - marks: how far the group has read, as whoever handles the records has kept it. Called on the polling thread at
    ///     each assignment, as other members may have read on meanwhile; it may block. What it throws ends this consumer.
    /// - Throws: ``KafkaError`` for a setting librdkafka refuses, or no memory or threads left.
    public init(
        _ connection: KafkaConnection, group: String, topics: [String], clientId: String,
        sessionTimeout: Duration = .seconds(6), fetchWait: Duration = .milliseconds(50),
        commitInterval: Duration = .seconds(1),
        marks: @escaping @Sendable () throws -> ReadMarks = { ReadMarks() }, log: Log
    ) throws(KafkaError) {
        let log = KafkaLog(log, client: clientId)
        let assigned = ConsumerAssignment(marks: marks, log: log)
        let context = KafkaContext(log: log, rebalance: assigned.rebalance)
        let settings = connection.consumer(
            clientId, group: group, sessionTimeout: sessionTimeout, fetchWait: fetchWait)
        handle = try KafkaHandle(RD_KAFKA_CONSUMER, settings, context: context) {
            rd_kafka_conf_set_rebalance_cb($0, rebalanced)
        }
        (self.assigned, self.log, self.commitInterval) = (assigned, log, commitInterval)
        rd_kafka_poll_set_consumer(handle.pointer)
        let list = PartitionList(capacity: topics.count)
        for topic in topics { list.add(topic, Int(RD_KAFKA_PARTITION_UA)) }
        let code = rd_kafka_subscribe(handle.pointer, list.pointer)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code) }
    }

    /// Waits for a record, and takes those that are already here with it. Blocks. Call it often: that keeps the group
    /// alive.
    ///
    /// Brokers that are away are waited for and logged.
    /// - Parameters:
    ///   - limit: the most records to return, at least 1.
    ///   - body: makes a value of one record; runs on this thread, before the next record is looked at.
    /// - Returns: records of the present assignment, in the order of each partition; empty when nothing came in time.
    ///   What came before an assignment that ended during the call is read again by whoever has the partition now.
    /// - Throws: ``KafkaError`` when this consumer cannot go on: close it and make another one. Records that came
    ///   before it are returned first.
    public func poll<T>(
        atMost limit: Int, timeoutMilliseconds: Int32, _ body: (borrowing KafkaRecordView) -> T
    ) throws(KafkaError) -> [T] {
        if let error = pending.withLock({ $0.take() }) ?? assigned.takeFailure() { throw error }
        if isClosed.load(ordering: .relaxed) { throw KafkaError(RD_KAFKA_RESP_ERR__DESTROY) }
        try commitWhenDue()
        var (results, current) = ([T](), assigned.current)
        while results.count < limit,
            let message = rd_kafka_consumer_poll(handle.pointer, results.isEmpty ? timeoutMilliseconds : 0)
        {
            defer { rd_kafka_message_destroy(message) }
            dropStale(&results, &current)
            if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                results.append(body(KafkaRecordView(message, of: current)))
            } else if let error = failure(message) {
                if results.isEmpty { throw error }
                pending.withLock { $0 = error }
                break
            }
        }
        dropStale(&results, &current)
        return results
    }

    /// The partitions may have moved inside librdkafka's poll.
    private func dropStale<T>(_ results: inout [T], _ known: inout ConsumerAssignment.Current) {
        guard known.generation != generation else { return }
        (results, known) = ([], assigned.current)
    }

    /// A poll under way returns within 4 s, also when partitions move and brokers are silent; what it cannot learn in
    /// that time is thrown. For a consumer that is about to be closed.
    public func hurry() { assigned.isInHurry.store(true, ordering: .relaxed) }

    /// Leaves the group after a last commit of what was stored. Waits at most `timeout` for the brokers.
    ///
    /// Call it when the polling thread has stopped; a later poll throws.
    public func close(timeout: Duration) async {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        // Not rd_kafka_consumer_close_queue: in 2.0.2 a record that is still in that queue aborts the process, because
        // rd_kafka_queue_poll_callback takes callbacks only (rdkafka_queue.c, rd_kafka_q_serve).
        await Blocking.run(atMost: timeout) { [handle] in _ = rd_kafka_consumer_close(handle.pointer) }
    }

    /// - Returns: `nil` for what librdkafka gets over by itself.
    private func failure(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> KafkaError? {
        let code = message.pointee.err
        if code == RD_KAFKA_RESP_ERR__PARTITION_EOF { return nil }
        let topic = message.pointee.rkt.map { String(cString: rd_kafka_topic_name($0)) } ?? ""
        let partition = message.pointee.rkt == nil ? "" : " [partition \(message.pointee.partition)]"
        let reason = rd_kafka_message_errstr(message).map { String(cString: $0) + partition }
        let error = KafkaError(code, reason: reason, topic: topic)
        guard Self.passing.contains(code.rawValue) else { return error }
        log.write(level: 4, facility: error.name, text: error.description)
        return nil
    }

    private static let passing: Set<Int32> = Set(
        [
            RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__RESOLVE,
            RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__WAIT_COORD, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
            RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
            RD_KAFKA_RESP_ERR_NOT_COORDINATOR, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
            RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS,
            RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION,
        ].map(\.rawValue))
}

// MARK: - Offsets

extension KafkaConsumer {
    /// Marks records as done: each offset is the one *after* the last record that was handled in its partition.
    ///
    /// Goes unheeded for partitions that have moved, whose new owner reads the records again.
    /// - Parameter generation: of the records, from ``KafkaRecordView/generation``.
    public func storeOffsets(_ offsets: [TopicPartition: Int], generation: Int) {
        assigned.store(offsets, generation: generation)
    }

    /// Reads `place` again from `offset`. Drops what was fetched of it, not what a poll has returned already.
    /// - Throws: ``KafkaError`` when the partition is not assigned.
    public func seek(_ place: TopicPartition, to offset: Int) throws(KafkaError) {
        let list = PartitionList(capacity: 1)
        list.add(place.topic, place.partition, offset: offset)
        if let error = rd_kafka_seek_partitions(handle.pointer, list.pointer, 5000) {
            throw KafkaError(consuming: error, topic: place.topic)
        }
        let code = list.pointer.elements[0].err
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, topic: place.topic) }
    }

    /// Where partitions begin of which nobody knew it before; `nil` when there are none. Keep it before anything that was
    /// polled is handled.
    public func takeBeginnings() -> ReadMarks? { assigned.takeBeginnings() }

    /// The partitions of this member; empty until the group has answered, and while it rebalances.
    public var assignment: Set<TopicPartition> { assigned.state.withLock(\.partitions) }

    /// The cluster of the latest assignment; `nil` before the first, and while partitions move.
    public var clusterId: String? { assigned.current.clusterId }

    /// Grows with every change of the assignment; what is known of partitions under an older one is void.
    public var generation: Int { assigned.state.withLock(\.generation) }

    /// Records that each assigned partition holds beyond those polled, as of its last fetch.
    public var lag: [TopicPartition: Int] {
        let places = assignment
        let list = PartitionList(capacity: places.count)
        for place in places { list.add(place.topic, place.partition) }
        rd_kafka_position(handle.pointer, list.pointer)
        var lag: [TopicPartition: Int] = [:]
        for element in list.pointer.elements {
            var low: Int64 = 0, high: Int64 = 0
            // Kept from fetch answers; this call never asks the broker.
            rd_kafka_get_watermark_offsets(handle.pointer, element.topic, element.partition, &low, &high)
            guard high >= 0, let topic = element.topic else { continue }
            let next = element.offset >= 0 ? element.offset : max(low, 0)
            lag[TopicPartition(String(cString: topic), Int(element.partition))] = Int(max(0, high - next))
        }
        return lag
    }

    /// Asks the group's coordinator for the offset to go on from; blocks. `nil` when there is none or no answer.
    func committedOffset(_ place: TopicPartition) -> Int? {
        let list = PartitionList(capacity: 1)
        list.add(place.topic, place.partition)
        let code = rd_kafka_committed(handle.pointer, list.pointer, 1000)
        let offset = list.pointer.elements[0].offset
        return code == RD_KAFKA_RESP_ERR_NO_ERROR && offset >= 0 ? Int(offset) : nil
    }

    /// Commits what was stored since the last time, without waiting for the answer.
    /// - Throws: when another cluster answers than the one that the offsets come from.
    private func commitWhenDue() throws(KafkaError) {
        let (clusterId, isDue) = assigned.state.withLock { state in
            let isDue = state.isDirty && .now >= state.nextCommit
            return (state.clusterId, isDue)
        }
        if let clusterId, let current = knownClusterId(handle.pointer), clusterId != current {
            throw .clusterReplaced(clusterId, by: current)
        }
        guard isDue else { return }
        assigned.state.withLock { $0.nextCommit = .now + commitInterval }
        assigned.commit(handle.pointer)
    }
}

/// librdkafka calls this inside a poll or a close, on the thread that runs it.
private func rebalanced(
    client: OpaquePointer?, code: rd_kafka_resp_err_t, list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?,
    opaque: UnsafeMutableRawPointer?
) {
    guard let client, let list else { return }
    KafkaContext.of(opaque)?.rebalance?(client, code, list)
}
