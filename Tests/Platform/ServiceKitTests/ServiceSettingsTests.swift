import Kafka
import Telemetry
import Testing

@testable import ServiceKit

/// What every service can be told.
@Suite struct ServiceSettingsTests {
    private func settings(_ values: [String: String] = [:]) throws -> ServiceSettings {
        try ServiceSettings(ServiceEnvironment(values), name: "porter", defaultPort: 8099, defaultTopic: "greetings")
    }

    @Test("The defaults suit a developer's machine")
    func defaults() throws {
        let settings = try settings()
        #expect(settings.host == "127.0.0.1")
        #expect(settings.port == 8099)
        #expect(settings.databaseURL == "sqlite:./data/porter.db")
        #expect(settings.kafka.connection.servers == "127.0.0.1:9092")
        #expect(settings.kafka.topic == "greetings")
        #expect(settings.kafka.replication == nil && settings.kafka.topicConfiguration == [:])
        #expect(settings.retention == .seconds(192 * 3_600))
        #expect(settings.logFormat == nil)
    }

    @Test("The database lies in the data folder, unless it is told otherwise")
    func database() throws {
        #expect(try settings(["DATA_DIR": "/d"]).databaseURL == "sqlite:/d/porter.db")
        #expect(try settings(["DATA_DIR": "/d", "DATABASE_URL": "sqlite:x"]).databaseURL == "sqlite:x")
    }

    @Test("Each setting is read from its own variable")
    func variables() throws {
        let settings = try settings([
            "HOST": "0.0.0.0", "PORT": "0", "KAFKA_BOOTSTRAP_SERVERS": "a:1,b:2", "KAFKA_TOPIC": "t",
            "KAFKA_PARTITIONS": "7", "KAFKA_REPLICATION_FACTOR": "3", "KAFKA_MIN_INSYNC_REPLICAS": "2",
            "KAFKA_SESSION_TIMEOUT_MS": "3000", "CORS_ALLOWED_ORIGINS": "http://a, http://b",
            "MAX_CONCURRENT_REQUESTS": "5", "RETENTION_HOURS": "2", "EARLY_EVENT_SECONDS": "9", "LOG_LEVEL": "error",
            "LOG_FORMAT": "json",
        ])
        #expect(settings.host == "0.0.0.0" && settings.port == 0)
        #expect(settings.kafka.connection.servers == "a:1,b:2" && settings.kafka.topic == "t")
        #expect(settings.kafka.partitions == 7 && settings.requestLimit == 5)
        #expect(settings.kafka.replication == 3 && settings.kafka.topicConfiguration == ["min.insync.replicas": "2"])
        #expect(settings.kafka.sessionTimeout == .seconds(3))
        #expect(settings.origins == ["http://a", "http://b"])
        #expect(settings.retention == .seconds(7_200) && settings.earlyLimit == .seconds(9))
        #expect(settings.logLevel == .error && settings.logFormat == .json)
    }

    @Test(
        "What is out of range or no such word is refused with its name",
        arguments: [
            ("PORT", "65536"), ("PORT", "-1"), ("KAFKA_TOPIC", "a b"), ("KAFKA_BOOTSTRAP_SERVERS", ":::,,"),
            ("KAFKA_BOOTSTRAP_SERVERS", "kafka"), ("KAFKA_PARTITIONS", "0"), ("KAFKA_REPLICATION_FACTOR", "0"),
            ("KAFKA_MIN_INSYNC_REPLICAS", "some"), ("KAFKA_SECURITY_PROTOCOL", "tls"), ("KAFKA_SASL_MECHANISM", "MD5"),
            ("KAFKA_SSL_CA_FILE", "/no/ca.pem"), ("KAFKA_PROPERTIES_FILE", "/no/properties"),
            ("KAFKA_SESSION_TIMEOUT_MS", "2999"),
            ("MAX_CONCURRENT_REQUESTS", "0"), ("RETENTION_HOURS", "0"), ("EARLY_EVENT_SECONDS", "0"),
            ("LOG_LEVEL", "loud"), ("LOG_FORMAT", "xml"),
        ])
    func refused(name: String, value: String) {
        let error = #expect(throws: ServiceEnvironment.Invalid.self) { try settings([name: value]) }
        #expect(error?.description.hasPrefix("\(name) is '\(value)' but must be ") == true)
    }

    @Test("A stray FAULT_POINT does not arm anything: it is refused, unless faults are allowed")
    func faults() throws {
        let name = ["FAULT_POINT": "outbox.afterCommit"]
        #expect(throws: ServiceEnvironment.Invalid.self) { try settings(name) }
        #expect(throws: ServiceEnvironment.Invalid.self) {
            try settings(["FAULT_POINT": "lunch", "FAULT_INJECTION": "true"])
        }
        #expect(throws: Never.self) { try settings(name.merging(["FAULT_INJECTION": "true"]) { $1 }) }
        #expect(throws: Never.self) { try settings(["FAULT_INJECTION": "true"]) }
    }

    @Test("The help tells every variable with what it may be and its default, the service's own and its views as well")
    func help() {
        let names = ServiceSettings.all(defaultPort: 1, defaultTopic: "t").map(\.name) + ["PORTER_PATIENCE"]
        #expect(Set(names).count == names.count)
        let lines = Porter.help.split(separator: "\n")
        for name in names { #expect(lines.contains { $0.hasPrefix("  \(name) ") }, "\(name)") }
        #expect(lines.contains { $0.hasSuffix("how often it rings; 1 to 9 [3]") })
        #expect(lines.contains { $0.hasPrefix("  PORT ") && $0.hasSuffix("; 0 to 65535 [8099]") })
        #expect(Porter.help.contains("porter.welcomes"))
    }
}
