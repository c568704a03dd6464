import Events
import Foundation
import FreshDatabase
import Persistence
import Records
import Synchronization
import Telemetry
import Time

@testable import Messaging

struct Greeted: Event, Equatable {
    static let type = "Greeted"
    var name: String
    var key: String { name }
}

struct Parted: Event, Equatable {
    static let type = "Parted"
    var name: String
    var key: String { name }
}

/// A clock that the test sets, in milliseconds.
final class TestClock: Sendable {
    private let time: Mutex<Int>

    init(_ time: Int = 1_000_000) { self.time = Mutex(time) }

    @Sendable func now() -> Timestamp { Timestamp(milliseconds: time.withLock { $0 }) }
    @Sendable func sinceStart() -> Duration { .milliseconds(time.withLock { $0 }) }
    func advance(by milliseconds: Int) { time.withLock { $0 += milliseconds } }
}

/// A database in memory with every table of this module, and `notes` for the effects of policies.
final class TestDatabase: Sendable {
    let database: Database
    let clock = TestClock()
    private let upClock = TestClock(5_000)
    let metrics = Metrics()

    init() async throws {
        uptime = Uptime(boot: "first", now: upClock.sinceStart)
        database = try Database.open(url: FreshDatabase.url(), clock: clock.now, uptime: uptime, metrics: metrics)
        try await database.migrate(
            Outbox.migrations + Inbox.migrations + EarlyEvents.migrations + Deadlines.migrations
                + ReadMarksTable.migrations)
        try await database.migrate([
            Migration("notes", 1, ["CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT) STRICT"])
        ])
    }

    /// The machine's first start.
    let uptime: Uptime

    /// Lets time pass on both clocks, as it does where nobody sets the date.
    func pass(_ milliseconds: Int) {
        clock.advance(by: milliseconds)
        upClock.advance(by: milliseconds)
    }

    deinit { Task { [database] in await database.close() } }

    func append(_ events: any Event...) async throws {
        let events = events
        try await database.write { try Outbox.append(events, in: $0) }
    }

    func notes() async throws -> [String] { try await texts("SELECT text FROM notes ORDER BY id") }

    /// The first column of each row.
    func texts(_ sql: String) async throws -> [String] {
        try await database.read { try $0.query(sql) { try $0.text(0) } }
    }

    func count(_ table: String) async throws -> Int {
        try await database.read { try $0.first("SELECT count(*) FROM \(table)") { try $0.integer(0) } ?? 0 }
    }

    func backlog() async throws -> OutboxBacklog { try await database.read { try OutboxBacklog.read($0) } }
}

/// The effect of a policy, for the test to see.
func note(_ text: String, in transaction: Transaction) throws {
    try transaction.execute("INSERT INTO notes (text) VALUES ($1)", [.text(text)])
}

/// May succeed later.
struct Later: Error {}

/// Can never succeed.
struct Refused: PermanentFailure, CustomStringConvertible { var description: String { "this is refused for good" } }

extension EventRecord {
    /// As a consumer reads it.
    init(_ record: OutgoingRecord, cluster: String) {
        self.init(
            cluster: cluster, topic: record.topic, partition: 0, offset: 0, key: record.key, headers: record.headers,
            payload: record.payload)
    }
}

extension OutgoingRecord {
    func header(_ name: String) -> String? {
        headers.last { $0.name == name }.flatMap { String(data: $0.value, encoding: .utf8) }
    }

    /// The member `name` of the payload, which all events of these tests have.
    var name: String? {
        payload.flatMap { try? JSONDecoder().decode(Named.self, from: $0) }?.name
    }

    private struct Named: Decodable { var name: String }
}
