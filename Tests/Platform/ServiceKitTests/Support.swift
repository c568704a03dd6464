import Dispatch
import Events
import Foundation
import FreshDatabase
import Kafka
import Messaging
import Persistence
import ServiceKit
import Telemetry

struct Greeted: Event {
    static let type = "Greeted"
    var name: String
    var key: String { name }
}

/// A database in memory with the tables of the platform, and `notes` for the effects of policies.
func makeDatabase() async throws -> Database {
    let database = try Database.open(url: FreshDatabase.url())
    try await database.migrate(PlatformTables.migrations)
    try await database.migrate([
        Migration("notes", 1, ["CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT) STRICT"])
    ])
    return database
}

/// A folder for as long as somebody keeps this.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.appending(path: "porter-\(UUID().uuidString)").path()
        mkdir(path, 0o700)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch { print("\(path) stays: \(error)") }
    }
}

extension Database {
    func append(_ names: [String]) async throws {
        try await write { try Outbox.append(names.map { Greeted(name: $0) }, in: $0) }
    }

    func pending() async throws -> Int { try await read { try OutboxBacklog.read($0).pending } }

    func notes() async throws -> [String] {
        try await read { try $0.query("SELECT text FROM notes ORDER BY id") { try $0.text(0) } }
    }
}

extension MockCluster {
    func producer() throws -> KafkaProducer {
        try KafkaProducer(
            KafkaConnection(bootstrapServers), clientId: "test", messageTimeout: .seconds(600), log: .silent)
    }
}

/// Looks until it is so; the time limit of the suite ends it.
func eventually(_ condition: () async throws -> Bool) async throws {
    while try await !condition() {
        try Task.checkCancellation()
        await Task.yield()
    }
}

/// Runs what blocks on a thread of its own: on Linux the global queues share their threads with the cooperative pool.
func offPool<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "test").async { continuation.resume(with: Result { try work() }) }
    }
}
