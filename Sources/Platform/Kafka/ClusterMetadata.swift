import CRdKafka

/// One answer of the brokers about themselves and their topics. Asking blocks.
struct ClusterMetadata: ~Copyable {
    private let pointer: UnsafePointer<rd_kafka_metadata>
    private let controller: Int32

    enum Topics {
        /// Those that the instance has used so far.
        case known
        /// Every topic that it may describe.
        case all
        /// Asking for one topic creates it where brokers do that by themselves.
        case one(String)
    }

    init(_ client: OpaquePointer, _ topics: Topics = .known, timeout: Duration) throws(KafkaError) {
        var (isAll, name): (Int32, String?) = (0, nil)
        switch topics {
        case .known: break
        case .all: isAll = 1
        case .one(let topic): name = topic
        }
        let topic = name.flatMap { rd_kafka_topic_new(client, $0, nil) }
        defer { if let topic { rd_kafka_topic_destroy(topic) } }
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(client, isAll, topic, &answer, timeout.milliseconds)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer else { throw KafkaError(code, topic: name ?? "") }
        pointer = answer
        // Kept from the answer above; does not wait with a timeout of 0.
        controller = rd_kafka_controllerid(client, 0)
    }

    deinit { rd_kafka_metadata_destroy(pointer) }

    /// Whether a broker takes admin requests. The mock cluster names one that does not exist, and librdkafka would wait
    /// for it.
    var hasController: Bool {
        UnsafeBufferPointer(start: pointer.pointee.brokers, count: Int(pointer.pointee.broker_cnt))
            .contains { $0.id == controller }
    }

    /// - Returns: `nil` when the topic does not exist, or not yet everywhere.
    func partitions(of name: String) -> Int? {
        for topic in UnsafeBufferPointer(start: pointer.pointee.topics, count: Int(pointer.pointee.topic_cnt))
        where topic.err == RD_KAFKA_RESP_ERR_NO_ERROR && topic.partition_cnt > 0 {
            if let text = topic.topic, String(cString: text) == name { return Int(topic.partition_cnt) }
        }
        return nil
    }
}

/// The cluster of the latest metadata answer, without asking; `nil` before the first.
func knownClusterId(_ client: OpaquePointer) -> String? {
    // With a timeout of 0 rd_kafka_clusterid copies what it keeps and does not wait.
    guard let text = rd_kafka_clusterid(client, 0) else { return nil }
    defer { rd_kafka_mem_free(client, text) }
    return String(cString: text)
}
