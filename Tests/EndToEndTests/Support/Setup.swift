import FreshDatabase

/// What a system runs on.
struct Setup: Hashable, Sendable, CustomStringConvertible {
    /// Bootstrap address of a real broker; `nil` is the embedded one.
    var kafka: String?
    /// Of each service; several share a PostgreSQL, one has SQLite files.
    var replicas = 1

    /// As far as there is a real Kafka and a PostgreSQL to test against.
    static let all: [Setup] = {
        guard let kafka = Repository.environment["KAFKA_TEST_BOOTSTRAP"] else { return [Setup()] }
        return [Setup(), Setup(kafka: kafka)] + (FreshDatabase.server == nil ? [] : [Setup(kafka: kafka, replicas: 3)])
    }()

    var description: String {
        (kafka == nil ? "embedded broker" : "real Kafka") + (replicas == 1 ? "" : ", PostgreSQL, \(replicas) of each")
    }
}
