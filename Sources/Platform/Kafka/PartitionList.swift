import CRdKafka
import Foundation

/// Owns one `rd_kafka_topic_partition_list_t`.
struct PartitionList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(capacity: Int) { pointer = rd_kafka_topic_partition_list_new(Int32(clamping: capacity)) }

    deinit { rd_kafka_topic_partition_list_destroy(pointer) }

    /// - Parameters:
    ///   - offset: absolute, or one of librdkafka's negative words such as `RD_KAFKA_OFFSET_BEGINNING`.
    ///   - note: kept beside a committed offset, for whoever reads it.
    func add(
        _ topic: String, _ partition: Int32, offset: Int64 = Int64(RD_KAFKA_OFFSET_INVALID), note: String? = nil
    ) {
        guard let element = rd_kafka_topic_partition_list_add(pointer, topic, partition) else { return }
        element.pointee.offset = offset
        // The list frees it with free(3), so it has to come from malloc(3).
        guard let note, let copy = strdup(note) else { return }
        element.pointee.metadata = UnsafeMutableRawPointer(copy)
        element.pointee.metadata_size = strlen(copy)
    }
}

extension UnsafeMutablePointer<rd_kafka_topic_partition_list_t> {
    /// The list's own memory, valid until something is added.
    var elements: UnsafeMutableBufferPointer<rd_kafka_topic_partition_t> {
        UnsafeMutableBufferPointer(start: pointee.elems, count: Int(pointee.cnt))
    }

    /// What was kept beside the committed offset of `element`; empty when nothing was.
    static func note(_ element: rd_kafka_topic_partition_t) -> String {
        String(
            decoding: UnsafeRawBufferPointer(
                start: element.metadata, count: element.metadata == nil ? 0 : element.metadata_size), as: UTF8.self)
    }

    var partitions: [TopicPartition] {
        elements.compactMap { element in element.topic.map { TopicPartition(String(cString: $0), element.partition) } }
    }
}
