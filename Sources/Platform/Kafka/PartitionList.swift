import CRdKafka
import Records

/// Owns one `rd_kafka_topic_partition_list_t`.
struct PartitionList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(capacity: Int) { pointer = rd_kafka_topic_partition_list_new(Int32(clamping: capacity)) }

    deinit { rd_kafka_topic_partition_list_destroy(pointer) }

    /// - Parameter offset: absolute, or one of librdkafka's negative words such as `RD_KAFKA_OFFSET_BEGINNING`.
    func add(_ topic: String, _ partition: Int, offset: Int = Int(RD_KAFKA_OFFSET_INVALID)) {
        rd_kafka_topic_partition_list_add(pointer, topic, Int32(clamping: partition))?.pointee.offset = Int64(offset)
    }

    /// Asks the leaders of all `places` at once where these begin or end. Blocks.
    ///
    /// Not rd_kafka_query_watermark_offsets: it asks for one partition, and 2.0.2 waits for a silent broker beyond the
    /// timeout. Brokers take the two words below for times (https://kafka.apache.org/protocol, ListOffsets).
    /// - Parameter edge: `RD_KAFKA_OFFSET_BEGINNING` or `RD_KAFKA_OFFSET_END`.
    static func offsets(
        at edge: Int32, of places: [TopicPartition], _ client: OpaquePointer, timeout: Duration
    ) throws(KafkaError) -> [TopicPartition: Int] {
        guard !places.isEmpty else { return [:] }
        let list = PartitionList(capacity: places.count)
        for place in places { list.add(place.topic, place.partition, offset: Int(edge)) }
        let code = rd_kafka_offsets_for_times(client, list.pointer, timeout.milliseconds)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code) }
        var offsets: [TopicPartition: Int] = [:]
        for (place, element) in zip(list.pointer.partitions, list.pointer.elements) {
            guard element.err == RD_KAFKA_RESP_ERR_NO_ERROR, element.offset >= 0 else {
                throw KafkaError(element.err, topic: place.topic)
            }
            offsets[place] = Int(element.offset)
        }
        return offsets
    }
}

extension UnsafeMutablePointer<rd_kafka_topic_partition_list_t> {
    /// The list's own memory, valid until something is added.
    var elements: UnsafeMutableBufferPointer<rd_kafka_topic_partition_t> {
        UnsafeMutableBufferPointer(start: pointee.elems, count: Int(pointee.cnt))
    }

    var partitions: [TopicPartition] {
        elements.compactMap { element in
            element.topic.map { TopicPartition(String(cString: $0), Int(element.partition)) }
        }
    }
}
