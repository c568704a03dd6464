import CRdKafka
public import Foundation
public import Records

/// One record in librdkafka's memory, lent for the length of one call; every member copies what it returns.
public struct KafkaRecordView: ~Copyable {
    private let message: UnsafeMutablePointer<rd_kafka_message_t>
    /// The assignment that the record came with, for ``KafkaConsumer/storeOffsets(_:generation:)``.
    public let generation: Int
    /// The cluster of that assignment; `nil` when the brokers do not tell.
    public let clusterId: String?

    /// Borrows `message`, which has `err == 0` and outlives the view.
    init(_ message: UnsafeMutablePointer<rd_kafka_message_t>, of assignment: ConsumerAssignment.Current) {
        (self.message, generation, clusterId) = (message, assignment.generation, assignment.clusterId)
    }

    public var topic: String { message.pointee.rkt.map { String(cString: rd_kafka_topic_name($0)) } ?? "" }
    public var partition: Int { Int(message.pointee.partition) }
    public var offset: Int { Int(message.pointee.offset) }

    /// Milliseconds since 1970; `nil` when the record has none.
    public var timestamp: Int? {
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let time = rd_kafka_message_timestamp(message, &kind)
        return kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? nil : Int(time)
    }

    public var key: Data? { message.pointee.key.map { Data(bytes: $0, count: message.pointee.key_len) } }

    /// `nil` for a tombstone.
    public var payload: Data? { message.pointee.payload.map { Data(bytes: $0, count: message.pointee.len) } }

    /// The last header of that name; a null value reads as no bytes.
    public func header(_ name: String) -> Data? {
        var value: UnsafeRawPointer?, size = 0
        guard let list, rd_kafka_header_get_last(list, name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR
        else { return nil }
        return bytes(value, size)
    }

    /// All of them, in the order in which they were sent.
    public var headers: [RecordHeader] {
        guard let list else { return [] }
        var name: UnsafePointer<CChar>?, value: UnsafeRawPointer?, size = 0
        var headers: [RecordHeader] = []
        headers.reserveCapacity(rd_kafka_header_cnt(list))
        while rd_kafka_header_get_all(list, headers.count, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
            headers.append(RecordHeader(name: name.map { String(cString: $0) } ?? "", value: bytes(value, size)))
        }
        return headers
    }

    private func bytes(_ value: UnsafeRawPointer?, _ size: Int) -> Data {
        value.map { Data(bytes: $0, count: size) } ?? Data()
    }

    /// Owned by the message. librdkafka parses the headers on the first call only; `nil` also when they are malformed.
    private var list: OpaquePointer? {
        var list: OpaquePointer?
        return rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR ? list : nil
    }
}
