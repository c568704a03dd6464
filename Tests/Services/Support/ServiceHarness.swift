public import Events
public import Foundation
import FreshDatabase
public import HTTPServer
public import Messaging
public import Persistence
public import ServiceKit
import Synchronization
public import Telemetry

/// A service on a database in memory, without broker and sockets: requests go into its router, events into its
/// policies, and what it publishes is read from its outbox.
public struct ServiceHarness<S: Service>: Sendable {
    public let service: S
    public let database: Database
    public let clock: TestClock
    public let metrics: Metrics
    private let router: Router
    private let dispatcher: PolicyDispatcher
    private let topic = Topic()

    /// - Parameters:
    ///   - database: of an earlier harness, to try a restart; else a new one.
    ///   - make: `S.init` unless told.
    public init(
        _ environment: [String: String] = [:], clock: TestClock = TestClock(), database: Database? = nil,
        make: (ServiceContext) throws -> S = { try S($0) }
    ) async throws {
        metrics = Metrics()
        self.clock = clock
        self.database = try database ?? Database.open(url: FreshDatabase.url(), clock: clock.read, uptime: clock.uptime)
        try await self.database.migrate(S.allMigrations)
        service = try make(
            ServiceContext(
                environment: ServiceEnvironment(environment), database: self.database, clock: clock.read,
                metrics: metrics))
        try await service.prepare()
        router = service.router(on: self.database)
        dispatcher = PolicyDispatcher(
            database: self.database, policies: service.allPolicies, group: S.name, metrics: metrics, log: .silent)
    }

    // MARK: Requests

    public func send(
        _ method: String, _ target: String, _ body: String = "", headers: [(String, String)] = []
    ) async throws -> Answer {
        var all: HTTPHeaders = [:]
        for (name, value) in headers { all.append(name, value) }
        if !body.isEmpty, all["Content-Type"] == nil { all.append("Content-Type", "application/json") }
        let response = await router.respond(
            to: HTTPRequest(method, target, headers: all, body: Data(body.utf8)))
        return try Answer(response)
    }

    public func get(_ target: String, headers: [(String, String)] = []) async throws -> Answer {
        try await send("GET", target, headers: headers)
    }
    public func post(_ target: String, _ body: String, headers: [(String, String)] = []) async throws -> Answer {
        try await send("POST", target, body, headers: headers)
    }
    public func put(_ target: String, _ body: String = "", headers: [(String, String)] = []) async throws -> Answer {
        try await send("PUT", target, body, headers: headers)
    }
    public func patch(_ target: String, _ body: String, headers: [(String, String)] = []) async throws -> Answer {
        try await send("PATCH", target, body, headers: headers)
    }

    // MARK: Events

    /// A record as another service would have published it.
    /// - Parameter id: the event id; one that nobody had before unless told.
    public func record<E: Event>(_ event: E, id: String? = nil) throws -> EventRecord {
        let offset = topic.next()
        let envelope = try EventEnvelope(
            event, id: id ?? "event-\(offset)", time: clock.now, source: "test", cause: nil)
        let headers = EventHeaders.write(envelope)
        return EventRecord(
            topic: "fooddelivery", partition: 0, offset: offset, timestamp: clock.now, key: Data(event.key.utf8),
            headers: headers, payload: envelope.payload)
    }

    @discardableResult
    public func deliver(_ records: [EventRecord]) async throws -> PolicyDispatcher.Outcome {
        try await dispatcher.dispatch(records)
    }

    @discardableResult
    public func deliver<E: Event>(_ event: E, id: String? = nil) async throws -> PolicyDispatcher.Outcome {
        try await deliver([record(event, id: id)])
    }

    /// Delivers records one by one, as an unlucky broker does: records come again, and the process ends after the commit
    /// and before the offset is stored, so that a new process gets the last record again.
    /// - Parameter restart: makes a service on the database of an earlier one.
    /// - Returns: the last process.
    public func deliverRoughly<Generator: RandomNumberGenerator>(
        _ records: [EventRecord], _ generator: inout Generator, restart: (Self) async throws -> Self
    ) async throws -> Self {
        var harness = self
        for (index, record) in records.enumerated() {
            try await harness.deliver([record])
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: try await harness.deliver([records[Int.random(in: 0...index, using: &generator)]])
            case 1:
                harness = try await restart(harness)
                try await harness.deliver([record])
            default: break
            }
        }
        return harness
    }

    /// Tries events that came too early again, as the timer does.
    public func retryEarlyEvents() async throws { try await dispatcher.retryDueEarlyEvents() }

    /// Policies that wait for what their event builds on.
    public func waiting() async throws -> Int { try await number("SELECT count(*) FROM early_events") }

    /// What waits in the outbox, or was ever in it, oldest first.
    public func published(_ type: String? = nil) async throws -> [Published] {
        let all = try await database.read { connection in
            try connection.query("SELECT event_id, type, key, payload, topic FROM outbox ORDER BY id") { row in
                Published(
                    id: try row.text(0), type: try row.text(1), key: String(decoding: try row.blob(2), as: UTF8.self),
                    payload: try row.blob(3), topic: try row.optionalText(4))
            }
        }
        return all.filter { type == nil || $0.type == type }
    }

    /// Runs the deadlines that are due by the clock of the harness.
    public func runDeadlines() async throws {
        let runner = DeadlineRunner(
            database: database, deadlines: service.deadlines, uptime: clock.uptime, metrics: metrics, log: .silent)
        try await runner.runDue()
    }

    /// Removes what nobody needs when it is so old, as the timer does.
    public func purge(olderThan keep: Duration) async throws {
        try await Retention(
            database: database, keep: keep, also: [Idempotency.purge] + service.purges, log: .silent
        ).purge()
    }

    /// The first column of the first row.
    public func number(_ sql: String, _ arguments: [SQLValue] = []) async throws -> Int {
        try await database.read { try $0.first(sql, arguments) { try $0.integer(0) } ?? 0 }
    }
}

/// Hands out offsets.
private final class Topic: Sendable {
    private let offset = Mutex<Int>(0)
    func next() -> Int {
        offset.withLock { offset in
            defer { offset += 1 }
            return offset
        }
    }
}

/// A response with its body taken apart.
public struct Answer: Sendable {
    public let response: HTTPResponse
    public let json: JSON

    public init(_ response: HTTPResponse) throws {
        self.response = response
        json = try JSON.parse(response.body)
    }

    public var status: Int { response.status }
    public var body: Data { response.body }
    public func header(_ name: String) -> String? { response.header(name) }
    public subscript(name: String) -> JSON? { json[name] }
    /// `errors[].field`.
    public var wrongFields: [String] { json["errors"]?.list.compactMap { $0["field"]?.text } ?? [] }
    /// Names of the links.
    public var links: Set<String> { json["_links"]?.names ?? [] }
    /// The entries of a list.
    public func embedded(_ plural: String) -> [JSON] { json["_embedded"]?[plural]?.list ?? [] }
}

/// A row of the outbox.
public struct Published: Sendable {
    public let id: String
    public let type: String
    public let key: String
    public let payload: Data
    /// `nil` for the service's own topic.
    public let topic: String?

    public func decode<E: Event>(_: E.Type = E.self) throws -> E { try EventCoder.decode(E.self, from: payload) }
}
