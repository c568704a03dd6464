import Synchronization
public import Telemetry
public import Time

/// The one database of a service. Two rules keep its users safe: open each database once per process, and mind what
/// belongs into one transaction (``write(_:)``).
public final class Database: Sendable {
    private let driver: any DatabaseDriver
    private let listeners: Listeners
    /// What durable waits are measured by.
    public let uptime: Uptime
    /// Whether other processes may write at the same time.
    public let isShared: Bool

    private init(_ driver: any DatabaseDriver, _ listeners: Listeners, _ uptime: Uptime, isShared: Bool) {
        (self.driver, self.listeners, self.uptime, self.isShared) = (driver, listeners, uptime, isShared)
    }

    /// - Parameters:
    ///   - url: `sqlite:PATH`, `sqlite::memory:` or `postgres://…`.
    ///   - password: for a server whose URL has none.
    ///   - isAlone: whether to refuse a file that another process, or this one, has opened alone and not closed.
    ///   - readers: connections that serve ``read(_:)`` beside the writer.
    ///   - clock: what ``Transaction/now`` reads.
    ///   - uptime: what ``Transaction/uptime`` is; the machine's, and the date for a database that machines share.
    /// - Throws: ``DatabaseError`` when the URL is of another kind or the file cannot be opened.
    public static func open(
        url: String, password: String = "", isAlone: Bool = false, readers: Int = 2,
        clock: @escaping Timestamp.Clock = Timestamp.now,
        uptime: Uptime? = nil,
        metrics: Metrics = Metrics(), log: Log = .silent
    ) throws -> Database {
        let listeners = Listeners()
        let isShared = url.hasPrefix("postgres")
        let uptime = uptime ?? (isShared ? .date : .system)
        func groupCommit<Store>(_ connection: Store) -> GroupCommit<Store> {
            GroupCommit(
                connection, clock: clock, uptime: uptime, metrics: metrics, log: log, committed: listeners.notify)
        }
        let driver: any DatabaseDriver
        switch url.prefix(while: { $0 != ":" }) {
        case "sqlite":
            let path = String(url.dropFirst("sqlite:".count))
            // An empty one is a file of its own for each connection, to SQLite.
            guard !path.isEmpty else { throw DatabaseError(kind: .other, message: "DATABASE_URL names no file") }
            let isInMemory = path == ":memory:"
            let claim = isAlone && !isInMemory ? try DatabaseClaim(path) : nil
            let writer = try SQLiteConnection(path: path, readOnly: false)
            // A database in memory belongs to one connection.
            let others = try (0..<(isInMemory ? 0 : readers)).map { _ in
                try SQLiteConnection(path: path, readOnly: true)
            }
            driver = QueuedDriver(groupCommit(writer), readers: others, claim: claim)
        case "postgres", "postgresql":
            try PostgreSQLAddress.check(url)
            let connect: @Sendable (PostgreSQLConnection.Role) -> PostgreSQLConnection = { role in
                PostgreSQLConnection(url: url, password: password, role)
            }
            let writer = connect(.writer)
            try writer.open()
            let others = (0..<max(1, readers)).map { _ in connect(.reader) }
            driver = PostgreSQLDriver(groupCommit(writer), on: writer, readers: others) { connect(.leader) }
        case let scheme:
            throw DatabaseError(
                kind: .other, message: "DATABASE_URL starts with \(scheme):, not with sqlite: or postgres:")
        }
        return Database(driver, listeners, uptime, isShared: isShared)
    }

    /// Runs `body` in a transaction that commits when it returns and rolls back when it throws; the caller goes on only
    /// after the commit is on disk.
    ///
    /// Units that wait at the same time are committed together, in the order of the calls; one that throws does not
    /// undo its neighbours. `body` may be run more than once, so it must have no effect but through its transaction.
    /// - Throws: what `body` throws, or a ``DatabaseError``; then nothing of `body` was stored.
    @discardableResult
    public func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await driver.write(cause: Cause.current, body)
    }

    /// Runs `body` on a snapshot that holds everything committed before the call. Never waits behind writes.
    /// - Throws: what `body` throws, or a ``DatabaseError``.
    public func read<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T {
        try await driver.read(body)
    }

    /// Reads from the file itself and not from memory, to notice that it was deleted, replaced, cut off or overwritten.
    /// - Throws: ``DatabaseError``.
    public func check() async throws { try await driver.check() }

    /// Runs `work` as long as this process leads in `role`, of all processes that share the database: the work is cancelled
    /// when that ends, and begun again when it leads again. Where nobody shares the database, this process always leads.
    /// Returns when the task is cancelled and the work has ended.
    ///
    /// Another process takes over in a second when the leader has ended, in seven when it stands still or its network does. A
    /// former leader may go on for a moment beside its successor, so `work` must be right then as well.
    public func lead(_ role: String, _ work: @escaping @Sendable () async -> Void) async {
        await driver.lead(role, work)
    }

    /// Whether any process leads in `role` right now; `false` where nobody shares the database.
    /// - Throws: ``DatabaseError``.
    public func isLed(_ role: String) async throws -> Bool { try await driver.isLed(role) }

    /// Calls `action` after each commit of this process in which a transaction notified `channel`; on the writer's thread, so it must
    /// be quick. Several notifications may arrive as one.
    public func listen(_ channel: String, _ action: @escaping @Sendable () -> Void) {
        listeners.add(action, on: channel)
    }

    /// Finishes what was submitted and closes the files. Later calls throw; closing twice is harmless.
    public func close() async { await driver.close() }
}

/// Who wants to know of commits, by channel.
private final class Listeners: Sendable {
    private let actions = Mutex<[String: [@Sendable () -> Void]]>([:])

    func add(_ action: @escaping @Sendable () -> Void, on channel: String) {
        actions.withLock { $0[channel, default: []].append(action) }
    }

    @Sendable func notify(_ channels: Set<String>) {
        let woken = actions.withLock { actions in channels.flatMap { actions[$0, default: []] } }
        for action in woken { action() }
    }
}

/// One kind of database behind ``Database``.
protocol DatabaseDriver: Sendable {
    func write<T: Sendable>(
        cause: Cause?, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T
    func read<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T
    func lead(_ role: String, _ work: @escaping @Sendable () async -> Void) async
    func isLed(_ role: String) async throws -> Bool
    func check() async throws
    func close() async
}
