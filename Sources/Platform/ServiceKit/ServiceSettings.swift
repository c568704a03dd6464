import Foundation
import Messaging
import Telemetry
import Time

/// What every service can be told through the environment.
struct ServiceSettings: Sendable {
    var host: String
    var port: UInt16
    var databaseURL: String
    var databasePassword: String
    var kafka: KafkaSettings
    var origins: [String]
    var requestLimit: Int
    var retention: Duration
    var earlyLimit: Duration
    var logLevel: Log.Level
    var logFormat: Log.Format?
    var faults: FaultPoints

    init(
        _ environment: ServiceEnvironment, name: String, defaultPort: UInt16, defaultTopic: String
    ) throws(ServiceEnvironment.Invalid) {
        host = try environment[Self.host]
        port = try environment[Self.port(defaultPort)]
        let url = try environment[Self.databaseURL]
        databaseURL = url.isEmpty ? "sqlite:\(try environment[Self.dataDirectory])/\(name).db" : url
        databasePassword = try environment[Self.databasePassword]
        kafka = try KafkaSettings(environment, defaultTopic: defaultTopic)
        origins = try environment[Self.origins]
        requestLimit = try environment[Self.requestLimit]
        retention = try environment[Self.retention]
        earlyLimit = try environment[Self.earlyLimit]
        logLevel = try environment[Self.logLevel]
        logFormat = try environment[Self.logFormat]
        faults = try Self.faults(environment)
    }

    var isDatabaseOnServer: Bool { !databaseURL.hasPrefix("sqlite:") }

    /// A stray variable must never be able to kill a service in production, so one alone does nothing.
    private static func faults(_ environment: ServiceEnvironment) throws(ServiceEnvironment.Invalid) -> FaultPoints {
        guard environment.has(faultPoint) else { return .none }
        guard try environment[faultInjection] else {
            throw .init(description: "FAULT_POINT is set, which FAULT_INJECTION=true must allow (tests only)")
        }
        return try environment[faultPoint]
    }

    static func all(defaultPort: UInt16, defaultTopic: String) -> [any AnySetting] {
        [host, port(defaultPort), dataDirectory, databaseURL, databasePassword]
            + KafkaSettings.all(defaultTopic: defaultTopic)
            + [origins, requestLimit, retention, earlyLimit, logLevel, logFormat, faultPoint, faultInjection]
    }
}

extension ServiceSettings {
    private static let host = Setting("HOST", default: "127.0.0.1", "IPv4 address to listen on")
    private static func port(_ port: UInt16) -> Setting<UInt16> {
        Setting("PORT", default: port, in: 0...65_535, "TCP port to listen on; 0 takes a free one")
    }
    private static let dataDirectory = Setting("DATA_DIR", default: "./data", "folder of the SQLite files")
    private static let databaseURL = Setting(
        "DATABASE_URL", default: "", "sqlite:PATH or postgres://…; default: <service>.db in DATA_DIR",
        expected: "sqlite:PATH or postgres://user@host:port/database", isSecret: true
    ) { text in
        let isKnown = ["sqlite:", "postgres://", "postgresql://"].contains { text.hasPrefix($0) }
        return text.isEmpty || isKnown ? text : nil
    }
    private static let databasePassword = Setting.secret(
        "DATABASE_PASSWORD", "for a postgres:// URL that has none in it")
    private static let origins = Setting.list("CORS_ALLOWED_ORIGINS", default: "*", "origins, separated by commas")
    private static let requestLimit = Setting<Int>(
        "MAX_CONCURRENT_REQUESTS", default: 1024, in: 1...100_000, "more are answered with 503 at once")
    private static let retention = Setting(
        "RETENTION_HOURS", default: 192, in: 1...8_760, unit: .seconds(3_600),
        "how long published events and idempotency keys are remembered, handled events twice as long; above the topic's"
    )
    private static let earlyLimit = Setting(
        "EARLY_EVENT_SECONDS", default: 3_600, in: 1...604_800, unit: .seconds(1),
        "how long an event waits for what it builds on; then a dead letter")
    private static let logLevel = Setting<Log.Level>("LOG_LEVEL", default: .info, "the least that is logged")
    private static let logFormat = Setting<Log.Format?>(
        "LOG_FORMAT", default: "auto", choices: [("auto", nil), ("json", .json), ("text", .text)],
        "auto is text on a terminal, else json")
    private static let faultPoint = Setting<FaultPoints>(
        "FAULT_POINT", default: "", "crash tests: where the process kills itself, for example outbox.afterPublish:3",
        expected: "one of \(FaultPoints.Name.allCases.map(\.rawValue).joined(separator: ", ")), perhaps with :<n>"
    ) { FaultPoints($0) }
    private static let faultInjection = Setting("FAULT_INJECTION", default: false, "allows FAULT_POINT")
}
