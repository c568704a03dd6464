import CRdKafka

/// Asks the controller to create one topic, and waits for the answer; blocks.
/// - Parameter replication: `nil` leaves it to the brokers, from 2.4 on.
/// - Returns: why it was refused; `nil` also when the topic exists, or the brokers have no admin API.
func createTopic(
    _ name: String, partitions: Int, replication: Int?, configuration: [String: String], timeout: Duration,
    on handle: KafkaHandle
) -> KafkaError? {
    var message = [CChar](repeating: 0, count: 256)
    var topic = rd_kafka_NewTopic_new(
        name, Int32(clamping: partitions), Int32(clamping: replication ?? -1), &message, message.count)
    guard topic != nil else { return KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, topic: name) }
    defer { rd_kafka_NewTopic_destroy(topic) }
    for (key, value) in configuration { rd_kafka_NewTopic_set_config(topic, key, value) }
    let options = rd_kafka_AdminOptions_new(handle.pointer, RD_KAFKA_ADMIN_OP_CREATETOPICS)
    defer { rd_kafka_AdminOptions_destroy(options) }
    _ = rd_kafka_AdminOptions_set_request_timeout(options, timeout.milliseconds, &message, message.count)
    let queue = rd_kafka_queue_new(handle.pointer)
    defer { rd_kafka_queue_destroy(queue) }

    rd_kafka_CreateTopics(handle.pointer, &topic, 1, options, queue)
    // The request ends by itself at its own timeout; one second more lets that be the answer.
    guard let answer = rd_kafka_queue_poll(queue, timeout.milliseconds + 1000) else {
        return KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, topic: name)
    }
    defer { rd_kafka_event_destroy(answer) }
    return refusal(in: answer, topic: name)
}

private func refusal(in answer: OpaquePointer, topic: String) -> KafkaError? {
    let code = rd_kafka_event_error(answer)
    if code == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE { return nil }
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
        return KafkaError(code, reason: rd_kafka_event_error_string(answer).map { String(cString: $0) }, topic: topic)
    }
    var count = 0
    guard let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer), &count)
    else { return nil }
    for result in UnsafeBufferPointer(start: results, count: count) {
        let code = rd_kafka_topic_result_error(result)
        if code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS { continue }
        let reason = rd_kafka_topic_result_error_string(result).map { String(cString: $0) }
        return KafkaError(code, reason: reason, topic: topic)
    }
    return nil
}
