import Events
public import HTTPServer
public import Messaging
public import Persistence
public import Telemetry
public import Time

/// One bounded context: what it stores, what it reacts to and what it offers.
public protocol Service: Sendable {
    /// Consumer group, database file, log and metrics label. Never rename it: a new name starts a new group.
    static var name: String { get }
    static var defaultPort: UInt16 { get }
    /// The topic that it shares with the other services.
    static var topic: String { get }
    /// Its own variables, beside those of every service.
    static var settings: [any AnySetting] { get }
    static var migrations: [Migration] { get }

    /// - Throws: ``ServiceEnvironment/Invalid`` for a variable it cannot use.
    init(_ context: ServiceContext) throws

    var policies: [Policy] { get }
    var deadlines: [Deadline] { get }
    /// Runs once at every start, before the first request; must be harmless to repeat.
    func prepare() async throws
    func addRoutes(to router: inout Router)
    /// Work beside requests and events; each runs until its task is cancelled.
    var tasks: [@Sendable () async -> Void] { get }
    /// Ends what ``init(_:)`` started, after the last request and event.
    func close()
}

extension Service {
    public static var settings: [any AnySetting] { [] }
    public var deadlines: [Deadline] { [] }
    public var tasks: [@Sendable () async -> Void] { [] }
    public func prepare() async throws {}
    public func close() {}
}

/// What a service is given to work with.
public struct ServiceContext: Sendable {
    public var environment: ServiceEnvironment
    public var database: Database
    public var clock: Timestamp.Clock
    /// What deadlines are measured by.
    public var uptime: Uptime
    public var metrics: Metrics
    public var log: Log

    public init(
        environment: ServiceEnvironment = .init([:]), database: Database,
        clock: @escaping Timestamp.Clock = Timestamp.now, uptime: Uptime = .system,
        metrics: Metrics = Metrics(), log: Log = .silent
    ) {
        (self.environment, self.database, self.clock) = (environment, database, clock)
        (self.uptime, self.metrics, self.log) = (uptime, metrics, log)
    }
}

/// The tables of the platform, which every service has beside its own.
public enum PlatformTables {
    public static let migrations =
        Outbox.migrations + Inbox.migrations + EarlyEvents.migrations + Deadlines.migrations + Idempotency.migrations
        + CountedTable.migrations + ReadMarksTable.migrations
}
