import CRdKafka

/// Further properties of librdkafka as an operator writes them: a `name=value` per line, for one kind of client behind
/// `producer.` or `consumer.`. Empty lines and those that begin with `#` say nothing.
public struct KafkaProperties: Sendable, Equatable {
    /// Told without the value, which may be a secret.
    public struct Invalid: Error, CustomStringConvertible { public var description: String }

    private(set) var shared: [String: String] = [:]
    private(set) var producer: [String: String] = [:]
    private(set) var consumer: [String: String] = [:]

    public init() {}

    /// - Throws: ``Invalid`` for a line that is no property, for one that librdkafka does not take, and for what must stay
    ///   as it is.
    public init(_ text: String) throws(Invalid) {
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            do throws(Invalid) { try add(line) } catch {
                throw Invalid(description: "line \(index + 1): \(error.description)")
            }
        }
    }

    private mutating func add(_ line: Substring) throws(Invalid) {
        guard let end = line.firstIndex(of: "="), end > line.startIndex else {
            throw Invalid(description: "not name=value")
        }
        let (name, value) = (line[..<end].trimmed, String(line[line.index(after: end)...].trimmed))
        for (prefix, kind) in [("producer.", \Self.producer), ("consumer.", \Self.consumer)]
        where name.hasPrefix(prefix) {
            let name = String(name.dropFirst(prefix.count))
            try Self.check(name, value)
            return self[keyPath: kind][name] = value
        }
        try Self.check(String(name), value)
        shared[String(name)] = value
    }

    private static func check(_ name: String, _ value: String) throws(Invalid) {
        if fixed.contains(name) { throw Invalid(description: "\(name) must stay as it is") }
        if own.contains(name) { throw Invalid(description: "\(name) has a variable of its own") }
        let configuration = rd_kafka_conf_new()
        defer { rd_kafka_conf_destroy(configuration) }
        var message = [CChar](repeating: 0, count: 512)
        guard rd_kafka_conf_set(configuration, name, value, &message, message.count) == RD_KAFKA_CONF_OK else {
            throw Invalid(description: KafkaHandle.text(message))
        }
    }

    /// Else events could be lost, doubled or overtaken, or a client would wait for ever. With the other names of each.
    static let fixed: Set = [
        "enable.idempotence", "acks", "request.required.acks", "partitioner", "message.timeout.ms",
        "delivery.timeout.ms", "message.send.max.retries", "retries", "transactional.id",
        "delivery.report.only.error", "auto.offset.reset", "enable.auto.commit", "auto.commit.enable",
        "enable.auto.offset.store", "partition.assignment.strategy", "group.id", "group.instance.id", "client.id",
        "max.poll.interval.ms", "allow.auto.create.topics", "log.queue",
    ]

    /// Set by ``KafkaConnection`` and the clients' own parameters.
    static let own: Set = [
        "bootstrap.servers", "metadata.broker.list", "security.protocol", "ssl.ca.location",
        "ssl.certificate.location", "ssl.key.location", "ssl.key.password", "sasl.mechanism", "sasl.mechanisms",
        "sasl.username", "sasl.password", "session.timeout.ms", "heartbeat.interval.ms",
    ]
}

extension Substring {
    fileprivate var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        return start.lastIndex { !$0.isWhitespace }.map { start[...$0] } ?? ""
    }
}
