import CRdKafka

/// Owns one `rd_kafka_t`, and what its callbacks point at.
///
/// `@unchecked Sendable`: "librdkafka is completely thread-safe" (rdkafka.h, introduction), `pointer` is a constant,
/// and `context` is `Sendable`.
final class KafkaHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    /// Lent to librdkafka as its opaque; lives longer than `pointer`, because `deinit` destroys that first.
    private let context: KafkaContext

    /// - Parameters:
    ///   - layers: properties; each layer is stronger than those before, also where it has another name for one of theirs.
    ///   - configure: sets callbacks; must not keep or free the configuration.
    init(
        _ type: rd_kafka_type_t, _ layers: [[String: String]], context: KafkaContext,
        configure: (_ configuration: OpaquePointer) -> Void = { _ in }
    ) throws(KafkaError) {
        guard let configuration = rd_kafka_conf_new() else { throw KafkaError(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE) }
        var message = [CChar](repeating: 0, count: 512)
        for (key, value) in layers.joined()
        where rd_kafka_conf_set(configuration, key, value, &message, message.count) != RD_KAFKA_CONF_OK {
            rd_kafka_conf_destroy(configuration)
            throw KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, reason: Self.text(message))
        }
        rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(context).toOpaque())
        rd_kafka_conf_set_log_cb(configuration, logged)
        configure(configuration)
        // rd_kafka_new owns the configuration only when it succeeds.
        guard let handle = rd_kafka_new(type, configuration, &message, message.count) else {
            rd_kafka_conf_destroy(configuration)
            throw KafkaError(rd_kafka_last_error(), reason: Self.text(message))
        }
        (pointer, self.context) = (handle, context)
    }

    /// Waits for librdkafka's threads, some 10 ms. Leaves no consumer group: ``KafkaConsumer/close(timeout:)`` does.
    deinit { rd_kafka_destroy_flags(pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE) }

    static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// What the callbacks of one handle reach through librdkafka's opaque pointer.
final class KafkaContext: Sendable {
    typealias Rebalance =
        @Sendable (
            _ client: OpaquePointer, rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
        ) -> Void

    let log: KafkaLog
    let rebalance: Rebalance?

    init(log: KafkaLog, rebalance: Rebalance? = nil) { (self.log, self.rebalance) = (log, rebalance) }

    /// Valid only while the handle lives, which every callback may rely on.
    static func of(_ opaque: UnsafeMutableRawPointer?) -> KafkaContext? {
        opaque.map { Unmanaged<KafkaContext>.fromOpaque($0).takeUnretainedValue() }
    }
}

/// librdkafka calls this on its own threads.
private func logged(
    client: OpaquePointer?, level: Int32, facility: UnsafePointer<CChar>?, text: UnsafePointer<CChar>?
) {
    guard let client, let facility, let text else { return }
    KafkaContext.of(rd_kafka_opaque(client))?.log
        .write(level: level, facility: String(cString: facility), text: String(cString: text))
}
