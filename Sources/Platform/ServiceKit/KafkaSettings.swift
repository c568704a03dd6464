import Foundation
import Kafka

/// What every service can be told about Kafka.
struct KafkaSettings: Sendable {
    var connection: KafkaConnection
    var topic: String
    var sessionTimeout: Duration
    /// Of topics that have to be created.
    var partitions: Int
    /// `nil` leaves it to the brokers, as the next one.
    var replication: Int?
    var minimumInSync: Int?

    init(_ environment: ServiceEnvironment, defaultTopic: String) throws(ServiceEnvironment.Invalid) {
        topic = try environment[Self.topic(defaultTopic)]
        sessionTimeout = try environment[Self.sessionTimeout]
        partitions = try environment[Self.partitions]
        (replication, minimumInSync) = (try environment[Self.replication], try environment[Self.minimumInSync])
        if let replication, let minimumInSync, minimumInSync > replication {
            throw .init(
                description: "\(Self.minimumInSync.name) is \(minimumInSync), more than \(Self.replication.name)")
        }
        connection = KafkaConnection(
            try environment[Self.bootstrapServers], security: try KafkaSecurity(environment).properties,
            properties: try Self.properties(environment))
        do throws(KafkaError) { try connection.check(sessionTimeout: sessionTimeout) } catch {
            let reason = KafkaSecurity.withVariables(error.reason)
            // The variables are checked already but for the files that they name.
            let file = "\(Self.propertiesFile.name) \(try environment[Self.propertiesFile])"
            throw .init(description: reason.hasPrefix("KAFKA_") ? reason : "\(file): \(reason)")
        }
    }

    /// The configuration of topics that have to be created.
    var topicConfiguration: [String: String] {
        minimumInSync.map { ["min.insync.replicas": String($0)] } ?? [:]
    }

    private static func properties(
        _ environment: ServiceEnvironment
    ) throws(ServiceEnvironment.Invalid) -> KafkaProperties {
        let path = try environment[propertiesFile]
        if path.isEmpty { return KafkaProperties() }
        do { return try KafkaProperties(String(contentsOfFile: path, encoding: .utf8)) } catch {
            let reason = (error as? KafkaProperties.Invalid)?.description ?? "cannot be read"
            throw .init(description: "\(propertiesFile.name) \(path): \(reason)")
        }
    }

    static func all(defaultTopic: String) -> [any AnySetting] {
        [bootstrapServers] + KafkaSecurity.all
            + [propertiesFile, topic(defaultTopic), partitions, replication, minimumInSync, sessionTimeout]
    }
}

extension KafkaSettings {
    private static let bootstrapServers = Setting(
        "KAFKA_BOOTSTRAP_SERVERS", default: "127.0.0.1:9092", "host:port of Kafka brokers, separated by commas",
        expected: "host:port, or several with commas between"
    ) { text in
        let brokers = text.split(separator: ",", omittingEmptySubsequences: false)
        let areRight = brokers.allSatisfy { $0.wholeMatch(of: /(\[[0-9A-Fa-f:]+\]|[^\s:\/]+):[0-9]{1,5}/) != nil }
        return areRight ? text : nil
    }
    private static let propertiesFile = Setting.file(
        "KAFKA_PROPERTIES_FILE",
        "further properties of librdkafka, name=value lines, perhaps after producer. or consumer.")
    private static func topic(_ topic: String) -> Setting<String> {
        Setting(
            "KAFKA_TOPIC", default: topic, "the topic that all services share",
            expected: "1 to 249 letters, digits, dots, - or _"
        ) { $0.wholeMatch(of: /[A-Za-z0-9._-]{1,249}/) == nil ? nil : $0 }
    }
    private static let partitions = Setting<Int>(
        "KAFKA_PARTITIONS", default: 12, in: 1...10_000, "partitions of the topic, if it has to be created")
    private static let replication = count("KAFKA_REPLICATION_FACTOR", "copies of each partition, if a topic")
    private static let minimumInSync = count(
        "KAFKA_MIN_INSYNC_REPLICAS", "copies that must have an event before it counts as stored, if a topic")
    private static let sessionTimeout = Setting(
        "KAFKA_SESSION_TIMEOUT_MS", default: 6_000, in: 3_000...300_000, unit: .milliseconds(1),
        "how long a silent consumer keeps its partitions")

    /// A number of brokers.
    private static func count(_ name: String, _ help: String) -> Setting<Int?> {
        let range = 1...100
        let allowed = "\(range.lowerBound) to \(range.upperBound)"
        return Setting(
            name, default: "", "\(help) has to be created; default: the brokers' own",
            expected: "a whole number from \(allowed)", allowed: allowed
        ) { text in
            if text.isEmpty { return .some(nil) }
            guard let number = Int(text), range.contains(number) else { return .none }
            return number
        }
    }
}

extension Setting where Value == String {
    /// The path of a file that can be read; empty for none.
    static func file(_ name: String, _ help: String) -> Setting {
        Setting(name, default: "", help, expected: "a file that can be read") { path in
            path.isEmpty || FileManager.default.isReadableFile(atPath: path) ? path : nil
        }
    }
}
