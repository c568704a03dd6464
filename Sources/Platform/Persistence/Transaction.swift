public import Telemetry
public import Time

/// One open read-write transaction. Valid only inside the closure that received it.
///
/// A transaction is a synchronous closure, so nothing can `await` a broker or a bank while it is open.
public final class Transaction: Connection {
    /// What set this transaction off; the outbox writes it into the events' headers.
    public var cause: Cause?
    /// When this unit began; the database's clock, which tests set.
    public let now: Timestamp
    /// What durable waits are measured by; the database's, which tests set.
    public let uptime: Uptime

    private let connection: any TransactionalConnection
    private(set) var channels: Set<String> = []

    init(_ connection: any TransactionalConnection, cause: Cause?, now: Timestamp, uptime: Uptime) {
        (self.connection, self.cause, self.now, self.uptime) = (connection, cause, now, uptime)
    }

    @discardableResult
    public func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try open().execute(sql, arguments)
    }

    public func insert(_ sql: String, _ arguments: [SQLValue]) throws -> Int { try open().insert(sql, arguments) }

    public func query<T>(_ sql: String, _ arguments: [SQLValue], _ read: (any Row) throws -> T) throws -> [T] {
        try open().query(sql, arguments, read)
    }

    /// Some errors make the database roll everything back on its own; a statement after that would commit by itself.
    private func open() throws -> any TransactionalConnection {
        guard connection.isInTransaction else {
            throw DatabaseError(kind: .unavailable, message: "the database rolled the transaction back")
        }
        return connection
    }

    /// Runs a statement of a ``Migration``.
    func define(_ statement: String) throws { try open().define(statement) }

    /// Lets statements of this transaction take as long as they need. Meanwhile nobody else writes, so not while others serve
    /// requests.
    public func takeTime() throws { try open().takeTime() }

    /// - Throws: ``DatabaseError`` when the unit has overlooked that the database gave up.
    func requireOpen() throws { _ = try open() }

    /// Undoes what `body` did when it throws, and only that. May be nested.
    /// - Throws: what `body` throws.
    public func savepoint<T>(_ body: () throws -> T) throws -> T {
        let connection = try open()
        try connection.begin(.savepoint)
        do {
            let value = try body()
            try connection.commit(.savepoint)
            return value
        } catch {
            try connection.rollBack(.savepoint)
            throw error
        }
    }

    /// Wakes those who listen on `channel` after the commit, once per commit; nothing is sent on rollback.
    public func notify(_ channel: String) { channels.insert(channel) }
}

/// The brackets of a transaction or of a part of one.
enum TransactionScope { case whole, savepoint }

/// What a driver's connection offers on top of ``Connection``. A savepoint ends the innermost open one.
protocol TransactionalConnection: Connection {
    func begin(_ scope: TransactionScope) throws
    func commit(_ scope: TransactionScope) throws
    func rollBack(_ scope: TransactionScope) throws
    /// `false` also when the database itself has rolled the transaction back.
    var isInTransaction: Bool { get }
    /// Runs a statement of a ``Migration``, which is in SQLite's words.
    func define(_ statement: String) throws
    func takeTime() throws
}

/// A connection that a ``QueuedDriver`` can drive: handed, once, to the thread that uses it.
protocol StoreConnection: TransactionalConnection, Sendable {
    /// Set by every statement that may change something, for the writer to look at and to take back.
    var hasWritten: Bool { get set }
    /// Runs several queries on one state. Repeats `body` where the connection had to be made anew.
    func snapshot<T>(_ body: (any Connection) throws -> T) throws -> T
    /// Looks at the database itself, behind whatever remembers it.
    func check() throws
}
