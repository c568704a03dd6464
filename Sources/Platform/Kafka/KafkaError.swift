import CRdKafka

/// What librdkafka or the broker reported.
public struct KafkaError: Error, Equatable, Sendable, CustomStringConvertible {
    /// `rd_kafka_resp_err_t`: negative when the client made it, positive when the broker did.
    public var code: Int32
    /// For example `MSG_SIZE_TOO_LARGE`.
    public var name: String
    public var reason: String
    /// Empty when the error is not about one topic.
    public var topic: String

    /// - Parameter reason: `nil` takes librdkafka's own text.
    init(_ code: rd_kafka_resp_err_t, reason: String? = nil, topic: String = "") {
        self.code = code.rawValue
        name = String(cString: rd_kafka_err2name(code))
        self.reason = reason ?? String(cString: rd_kafka_err2str(code))
        self.topic = topic
    }

    private init(code: Int32, name: String, reason: String) {
        (self.code, self.name, self.reason, topic) = (code, name, reason, "")
    }

    /// Takes ownership: reads the error object, then frees it. The only reader of `rd_kafka_error_t`.
    init(consuming error: OpaquePointer, topic: String = "") {
        self.init(rd_kafka_error_code(error), reason: String(cString: rd_kafka_error_string(error)), topic: topic)
        rd_kafka_error_destroy(error)
    }

    /// Another cluster answers at the address of the one that the offsets belong to.
    ///
    /// 104 is `INCONSISTENT_CLUSTER_ID` of https://kafka.apache.org/protocol#protocol_error_codes, unknown to 2.0.2.
    static func clusterReplaced(_ old: String, by new: String) -> KafkaError {
        KafkaError(code: 104, name: "INCONSISTENT_CLUSTER_ID", reason: "Cluster \(old) was replaced by \(new)")
    }

    public var description: String { "Kafka \(name) (\(code))\(topic.isEmpty ? "" : " on \(topic)"): \(reason)" }
}

extension KafkaError {
    /// Sending or reading again later may succeed. False for what depends on the message or the rights alone.
    public var isRetriable: Bool { !Self.permanent.contains(code) }

    /// The client instance is unusable. ``KafkaProducer`` replaces it by itself; a consumer has to be made again.
    public var isFatal: Bool { code == RD_KAFKA_RESP_ERR__FATAL.rawValue || code == RD_KAFKA_RESP_ERR__FENCED.rawValue }

    /// The next record to read is gone: deleted by retention, or never was there. Records may have been missed.
    public var isOffsetLost: Bool { code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET.rawValue }

    /// Another cluster answers now; a new consumer reads it from the start.
    public var isClusterReplaced: Bool { code == 104 }

    /// The request was too large for the broker; the cause may be another message that was sent with this one.
    public var isTooLarge: Bool {
        code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE.rawValue
            || code == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE.rawValue
    }

    private static let permanent: Set<Int32> = Set(
        [
            RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE,
            RD_KAFKA_RESP_ERR_INVALID_MSG, RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE, RD_KAFKA_RESP_ERR_INVALID_RECORD,
            RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT,
            RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
            RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR__INVALID_ARG,
        ].map(\.rawValue))
}
