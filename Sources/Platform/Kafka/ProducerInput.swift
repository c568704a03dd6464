import CRdKafka
import Foundation

/// Puts messages into librdkafka's local queue.
struct ProducerInput {
    let handle: KafkaHandle
    /// Each one is a reference that ``freeTopics()`` gives back. librdkafka would take a lock per message to find a
    /// topic by its name.
    private var topics: [String: OpaquePointer] = [:]
    private var last: (name: String, topic: OpaquePointer)?

    init(_ handle: KafkaHandle) { self.handle = handle }

    /// Call it once, at the end, before the handle is freed.
    func freeTopics() {
        for topic in topics.values { rd_kafka_topic_destroy(topic) }
    }

    /// Copies `message`; never waits.
    /// - Parameter opaque: comes back with the delivery report, which follows if and only if there is no error here.
    mutating func produce(_ message: KafkaMessage, opaque: UnsafeMutableRawPointer?) -> rd_kafka_resp_err_t {
        guard let topic = topic(message.topic) else { return rd_kafka_last_error() }
        let headers = rd_kafka_headers_new(message.headers.count)
        for header in message.headers {
            header.value.withBytes { _ = rd_kafka_header_add(headers, header.name, -1, $0, header.value.count) }
        }
        let code = message.key.withBytes { key in
            message.payload.withBytes { payload in
                crdkafka_produce(
                    handle.pointer, topic, key, message.key?.count ?? 0, payload, message.payload?.count ?? 0, headers,
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
