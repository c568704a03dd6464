import Foundation
import Messaging
import Telemetry
import Time

/// What every service can be told through the environment.
struct ServiceSettings: Sendable {
    var host: String
    var port: UInt16
    var databaseURL: String
    var bootstrapServers: String
    var topic: String
    var partitions: Int32
    var sessionTimeout: Duration
    var origins: [String]
    var requestLimit: Int
    var retention: Duration
    var earlyLimit: Duration
    var logLevel: Log.Level
    var logFormat: Log.Format?
    var faults: FaultPoints

    init(
        _ environment: ServiceEnvironment, name: String, defaultPort: Int, defaultTopic: String
    ) throws(ServiceEnvironment.Invalid) {
        host = environment.text(Self.host)
        port = UInt16(try environment.integer(Self.port(defaultPort), in: 0...65_535))
        let url = environment.text(Self.databaseURL)
        databaseURL = url.isEmpty ? "sqlite:\(environment.text(Self.dataDirectory))/\(name).db" : url
        bootstrapServers = environment.text(Self.bootstrapServers)
        topic = environment.text(Self.topic(defaultTopic))
        partitions = Int32(try environment.integer(Self.partitions, in: 1...10_000))
        sessionTimeout = .milliseconds(try environment.integer(Self.sessionTimeout, in: 3_000...300_000))
        origins = environment.list(Self.origins)
        requestLimit = try environment.integer(Self.requestLimit, in: 1...100_000)
        retention = .seconds(3_600 * (try environment.integer(Self.retention, in: 1...8_760)))
        earlyLimit = .seconds(try environment.integer(Self.earlyLimit, in: 1...604_800))
        logLevel = try environment.choice(Self.logLevel, Log.Level.self)
        logFormat =
            environment.text(Self.logFormat) == "auto" ? nil : try environment.choice(Self.logFormat, Log.Format.self)
        faults = try Self.faults(environment)
    }

    /// A stray variable must never be able to kill a service in production, so one alone does nothing.
    private static func faults(_ environment: ServiceEnvironment) throws(ServiceEnvironment.Invalid) -> FaultPoints {
        let point = environment.text(faultPoint)
        guard !point.isEmpty else { return .none }
        guard try environment.boolean(faultInjection) else {
            throw .init(description: "FAULT_POINT is set, which FAULT_INJECTION=true must allow (tests only)")
        }
        let names = FaultPoints.Name.allCases.map(\.rawValue).joined(separator: ", ")
        guard let faults = FaultPoints(point) else {
            throw environment.invalid(faultPoint, "one of \(names), perhaps with :<n>")
        }
        return faults
    }

    private static let host = Setting("HOST", default: "127.0.0.1", "IPv4 address to listen on")
    private static func port(_ port: Int) -> Setting {
        Setting("PORT", default: String(port), "TCP port to listen on; 0 takes a free one")
    }
    private static let dataDirectory = Setting("DATA_DIR", default: "./data", "folder of the SQLite files")
    private static let databaseURL = Setting(
        "DATABASE_URL", default: "", "sqlite:PATH; default: <service>.db in DATA_DIR")
    private static let bootstrapServers = Setting(
        "KAFKA_BOOTSTRAP_SERVERS", default: "127.0.0.1:9092", "host:port of Kafka brokers, separated by commas")
    private static func topic(_ topic: String) -> Setting {
        Setting("KAFKA_TOPIC", default: topic, "the topic that all services share")
    }
    private static let partitions = Setting(
        "KAFKA_PARTITIONS", default: "12", "partitions of the topic, if it has to be created")
    private static let sessionTimeout = Setting(
        "KAFKA_SESSION_TIMEOUT_MS", default: "6000", "how long a silent consumer keeps its partitions; at least 3000")
    private static let origins = Setting("CORS_ALLOWED_ORIGINS", default: "*", "origins, separated by commas")
    private static let requestLimit = Setting(
        "MAX_CONCURRENT_REQUESTS", default: "1024", "more are answered with 503 at once")
    private static let retention = Setting(
        "RETENTION_HOURS", default: "192",
        "how long published events and idempotency keys are remembered, handled events twice as long; above the topic's"
    )
    private static let earlyLimit = Setting(
        "EARLY_EVENT_SECONDS", default: "3600", "how long an event waits for what it builds on; then a dead letter")
    private static let logLevel = Setting("LOG_LEVEL", default: "info", "debug, info, warning or error")
    private static let logFormat = Setting("LOG_FORMAT", default: "auto", "json, text, or auto: text on a terminal")
    private static let faultPoint = Setting(
        "FAULT_POINT", default: "", "crash tests: where the process kills itself, for example outbox.afterPublish:3")
    private static let faultInjection = Setting("FAULT_INJECTION", default: "false", "allows FAULT_POINT")

    static func all(defaultPort: Int, defaultTopic: String) -> [Setting] {
        [
            host, port(defaultPort), dataDirectory, databaseURL, bootstrapServers, topic(defaultTopic), partitions,
            sessionTimeout,
            origins, requestLimit, retention, earlyLimit, logLevel, logFormat, faultPoint, faultInjection,
        ]
    }
}
