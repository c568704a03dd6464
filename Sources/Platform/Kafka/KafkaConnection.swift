import CRdKafka
import Telemetry

/// Which cluster to speak to, and how: what all of its clients are told alike.
public struct KafkaConnection: Sendable, Equatable, CustomStringConvertible {
    /// `host:port`, with commas between.
    public var servers: String
    /// librdkafka's properties of encryption and authentication, secrets among them.
    private let security: [String: String]
    private let properties: KafkaProperties

    public init(_ servers: String, security: [String: String] = [:], properties: KafkaProperties = KafkaProperties()) {
        (self.servers, self.security, self.properties) = (servers, security, properties)
    }

    /// Without the secrets.
    public var description: String { servers }

    /// What the installed librdkafka cannot do of this, though it tries; `nil` when nothing of the kind is known.
    ///
    /// Until 2.6.1 its SCRAM repeats the client's nonce, which brokers took until Kafka 4.0.
    /// Source: https://github.com/confluentinc/librdkafka/pull/4895
    public var knownProblem: String? { knownProblem(of: rd_kafka_version()) }

    /// - Parameter version: as 0xMMmmrrpp.
    func knownProblem(of version: Int32) -> String? {
        guard security["sasl.mechanisms"]?.hasPrefix("SCRAM") == true, version < 0x0206_01ff else { return nil }
        let number = [24, 16, 8].map { String(version >> $0 & 0xff) }.joined(separator: ".")
        return
            "librdkafka \(number) cannot log in with SCRAM where the brokers are Kafka 4.0 or later: that takes 2.6.1"
    }

    /// Makes one client of each kind, as librdkafka finds out only then what does not go together, or cannot be read.
    /// Connects to nobody.
    /// - Throws: ``KafkaError`` with librdkafka's text.
    public func check(sessionTimeout: Duration) throws(KafkaError) {
        var alone = self
        alone.servers = ""
        let context = KafkaContext(log: KafkaLog(.silent, client: "check"))
        _ = try KafkaHandle(RD_KAFKA_PRODUCER, alone.producer("check"), context: context)
        _ = try KafkaHandle(
            RD_KAFKA_CONSUMER, alone.consumer("check", group: "check", sessionTimeout: sessionTimeout), context: context
        )
    }
}

// MARK: - The clients' properties, in layers: each is stronger than those before

extension KafkaConnection {
    func producer(
        _ clientId: String, linger: Duration = .zero, messageTimeout: Duration = .seconds(30)
    ) -> [[String: String]] {
        let own = [
            "client.id": clientId, "enable.idempotence": "true", "acks": "all", "partitioner": "murmur2_random",
            "compression.codec": "lz4", "linger.ms": String(linger.milliseconds),
            "message.timeout.ms": String(messageTimeout.milliseconds),
            "socket.timeout.ms": String(min(10_000, messageTimeout.milliseconds)),
        ]
        return [Self.common, own, properties.shared, properties.producer, place]
    }

    func consumer(
        _ clientId: String, group: String, sessionTimeout: Duration, fetchWait: Duration = .milliseconds(50)
    ) -> [[String: String]] {
        let own = [
            "client.id": clientId, "group.id": group,
            "session.timeout.ms": String(sessionTimeout.milliseconds),
            "heartbeat.interval.ms": String(sessionTimeout.milliseconds / 3),
            // Also how long an answer to JoinGroup is waited for, with 3 s more. The mock cluster forgets to answer a
            // member that timed out while it stood still itself; the default would be five minutes.
            "max.poll.interval.ms": String(max(Self.pollInterval, sessionTimeout).milliseconds),
            // One answer brings many records: many small ones would cost broker and services more than the records.
            "fetch.wait.max.ms": String(fetchWait.milliseconds), "fetch.min.bytes": "1048576",
            // The cooperative assignor of 2.0.2 crashes and loses assignments.
            "partition.assignment.strategy": "range", "auto.offset.reset": "error",
            "enable.auto.commit": "false", "enable.auto.offset.store": "false", "allow.auto.create.topics": "false",
            // The default per partition. When it is reached, 2.0.2 stops fetching for a whole second: do not lower it.
            "queued.min.messages": "100000", "queued.max.messages.kbytes": "65536", "fetch.error.backoff.ms": "100",
        ]
        return [Self.common, own, properties.shared, properties.consumer, place]
    }

    private var place: [String: String] {
        servers.isEmpty ? security : security.merging(["bootstrap.servers": servers]) { $1 }
    }

    /// Longest time between two polls; then the member leaves the group, and the next poll throws.
    private static let pollInterval = Duration.seconds(20)

    /// The backoff's default of 10 s would delay recovery; 60 s for a request and 30 s for a connection would be longer
    /// than a broker that hangs is worth waiting for.
    private static let common = [
        "socket.nagle.disable": "true", "socket.keepalive.enable": "true", "socket.timeout.ms": "10000",
        "socket.connection.setup.timeout.ms": "5000", "reconnect.backoff.ms": "50",
        "reconnect.backoff.max.ms": "1000",
    ]
}
