import CRdKafka

/// Offsets by cluster and partition: every record before one of them was handled, or was gone before the group first
/// came. A group whose committed offsets have expired tells by them whether it has missed something.
public struct ReadMarks: Sendable, Equatable {
    public var offsets: [String: [TopicPartition: Int64]] = [:]

    public init() {}

    /// - Returns: `nil` in a cluster where the topic was not read yet. A partition that was added since began at 0.
    func offset(_ place: TopicPartition, in cluster: String) -> Int64? {
        guard let known = offsets[cluster] else { return nil }
        return known[place] ?? (known.keys.contains { $0.topic == place.topic } ? 0 : nil)
    }

    /// For a partition without a usable offset: makes sure that nothing was removed since the mark. Blocks.
    /// - Returns: the offset of the first record there is.
    func beginning(
        of place: TopicPartition, in cluster: String, _ client: OpaquePointer, timeout: Duration
    ) throws(KafkaError) -> Int64 {
        var low: Int64 = 0, high: Int64 = 0
        let code = rd_kafka_query_watermark_offsets(
            client, place.topic, place.partition, &low, &high, timeout.milliseconds)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, topic: place.topic) }
        guard let mark = offset(place, in: cluster), low > mark else { return low }
        throw KafkaError(
            RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET,
            reason: "The group has no offset for partition \(place.partition), and what was before \(low) is gone",
            topic: place.topic)
    }
}
