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
    /// Of its tables, but for those of its views.
    static var migrations: [Migration] { get }
    static var views: [View] { get }
    /// What can be read over HTTP: lists, items and searches.
    static var listings: [any AnyListing] { get }

    /// - Throws: ``ServiceEnvironment/Invalid`` for a variable it cannot use.
    init(_ context: ServiceContext) throws

    var policies: [Policy] { get }
    var deadlines: [Deadline] { get }
    /// Of its own rows, those that nobody needs after the retention time.
    var purges: [Retention.Purge] { get }
    /// Runs once at every start, before the first request; must be harmless to repeat.
    func prepare() async throws
    /// Commands, and whatever else is no list.
    func addRoutes(to router: inout Router)
    /// Work beside requests and events, done by one instance of the service at a time (`Database.lead`); each runs until its
    /// task is cancelled, and may be begun again.
    var tasks: [@Sendable () async -> Void] { get }
    /// Ends what ``init(_:)`` started, after the last request and event.
    func close()
}

extension Service {
    public static var settings: [any AnySetting] { [] }
    public static var views: [View] { [] }

    /// Every table that the service has.
    public static var allMigrations: [Migration] {
        PlatformTables.migrations + migrations + views.flatMap(\.migrations)
    }
    /// Everything that reacts to an event.
    public var allPolicies: [Policy] { policies + Self.views.flatMap(\.policies) }
    /// Everything that it answers.
    public func router(on database: Database) -> Router {
        var router = Router()
        router.offer(Self.listings, from: database)
        addRoutes(to: &router)
        return router
    }
    public var deadlines: [Deadline] { [] }
    public var purges: [Retention.Purge] { [] }
    public var tasks: [@Sendable () async -> Void] { [] }
    public func prepare() async throws {}
    public func close() {}
}

/// What a service is given to work with.
public struct ServiceContext: Sendable {
    public var environment: ServiceEnvironment
    public var database: Database
    public var clock: Timestamp.Clock
    public var metrics: Metrics
    public var log: Log

    public init(
        environment: ServiceEnvironment = .init([:]), database: Database,
        clock: @escaping Timestamp.Clock = Timestamp.now,
        metrics: Metrics = Metrics(), log: Log = .silent
    ) {
        (self.environment, self.database, self.clock) = (environment, database, clock)
        (self.metrics, self.log) = (metrics, log)
    }
}

/// The tables of the platform, which every service has beside its own.
public enum PlatformTables {
    public static let migrations =
        Outbox.migrations + Inbox.migrations + EarlyEvents.migrations + Deadlines.migrations + Idempotency.migrations
        + RowCounts.migrations + ReadMarksTable.migrations
}
