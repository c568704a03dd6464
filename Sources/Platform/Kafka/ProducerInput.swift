import CRdKafka
import Foundation
import Records

/// Puts records into librdkafka's local queue.
struct ProducerInput {
    let handle: KafkaHandle
    /// Each one is a reference that ``freeTopics()`` gives back. librdkafka would take a lock per record to find a
    /// topic by its name.
    private var topics: [String: OpaquePointer] = [:]
    private var last: (name: String, topic: OpaquePointer)?

    init(_ handle: KafkaHandle) { self.handle = handle }

    /// Call it once, at the end, before the handle is freed.
    func freeTopics() {
        for topic in topics.values { rd_kafka_topic_destroy(topic) }
    }

    /// Copies `record`; never waits.
    /// - Parameter opaque: comes back with the delivery report, which follows if and only if there is no error here.
    mutating func produce(_ record: OutgoingRecord, opaque: UnsafeMutableRawPointer?) -> rd_kafka_resp_err_t {
        guard let topic = topic(record.topic) else { return rd_kafka_last_error() }
        let headers = rd_kafka_headers_new(record.headers.count)
        for header in record.headers {
            header.value.withBytes { _ = rd_kafka_header_add(headers, header.name, -1, $0, header.value.count) }
        }
        let code = record.key.withBytes { key in
            record.payload.withBytes { payload in
                crdkafka_produce(
                    handle.pointer, topic, key, record.key?.count ?? 0, payload, record.payload?.count ?? 0, headers,
                    opaque)
            }
        }
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { rd_kafka_headers_destroy(headers) }
        return code
    }

    private mutating func topic(_ name: String) -> OpaquePointer? {
        if let last, last.name == name { return last.topic }
        guard let topic = topics[name] ?? rd_kafka_topic_new(handle.pointer, name, nil) else { return nil }
        topics[name] = topic
        last = (name, topic)
        return topic
    }
}

extension Data? {
    /// A null pointer for `nil`, and another one for no bytes: Kafka knows the difference.
    fileprivate func withBytes<T>(_ body: (UnsafeRawPointer?) -> T) -> T {
        switch self {
        case nil: body(nil)
        case .some(let data): data.withBytes(body)
        }
    }
}

extension Data {
    func withBytes<T>(_ body: (UnsafeRawPointer?) -> T) -> T {
        withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { return body(start) }
            return Swift.withUnsafeBytes(of: UInt8(0)) { body($0.baseAddress) }
        }
    }
}
