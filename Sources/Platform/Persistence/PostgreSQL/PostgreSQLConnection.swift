import CPostgreSQL
import Foundation
import Synchronization

/// One connection to a PostgreSQL server and its prepared statements. It is opened when it is first used, and again after it
/// broke.
///
/// `@unchecked Sendable`: made on one thread and handed, once, to the thread that uses it from then on; libpq allows one
/// thread at a time (https://www.postgresql.org/docs/15/libpq-threading.html).
final class PostgreSQLConnection: @unchecked Sendable {
    enum Role { case writer, reader, leader }

    private let url: String
    private let password: String
    private let role: Role
    private var handle: OpaquePointer?
    /// Names of statements, by their texts.
    private var prepared: [String: String] = [:]
    var hasWritten = false
    /// Whether the transaction under way has changed something.
    var hasChanged = false
    /// Names this connection, through all of its sessions.
    let writer = UUID().uuidString
    /// After a server that was away: not before the time, so that a crowd of requests does not become one of connections.
    private var retry: (at: ContinuousClock.Instant, failures: Int, error: DatabaseError)? {
        didSet { away.store(retry != nil, ordering: .relaxed) }
    }
    private let away = Atomic(false)
    /// Whether the last attempt to open it failed. From any thread.
    var isAway: Bool { away.load(ordering: .relaxed) }

    /// More texts than the code has mean that one of them holds a value.
    private static let mostStatements = 512

    /// - Parameters:
    ///   - url: `postgres://…`, as libpq reads it.
    ///   - password: where the URL has none.
    init(url: String, password: String = "", _ role: Role) {
        (self.url, self.password, self.role) = (url, password, role)
    }

    /// What a session begins with. Milliseconds: a transaction whose program stands still lets the next one take its turn.
    /// Everything is found by key; what is known of a young table would have the server scan it, and a prepared statement
    /// keep to that.
    private var settings: String {
        """
        SET synchronous_commit = on; SET statement_timeout = 10000; SET idle_in_transaction_session_timeout = 5000;
        SET enable_seqscan = off; SET client_min_messages = warning; SET idle_session_timeout = \(role == .leader ? 5000 : 0)
        """
    }

    deinit { PQfinish(handle) }

    /// Whether there is a session that works, as far as is known.
    var isOpen: Bool { handle.map { PQstatus($0) == CONNECTION_OK } ?? false }

    /// - Throws: ``DatabaseError`` of kind `unavailable`.
    func open() throws {
        close()
        if let retry, .now < retry.at { throw retry.error }
        do {
            try connect()
            retry = nil
        } catch let error as DatabaseError {
            close()  // A session whose settings failed must not be used.
            let failures = (retry?.failures ?? 0) + 1
            retry = (.now + .milliseconds(min(1_000, 25 << min(failures, 6))), failures, error)
            throw error
        }
    }

    private func connect() throws {
        // What comes later counts, so the URL may say otherwise. Seconds; milliseconds for the last one.
        let parameters = [
            ("connect_timeout", "3"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "10000"), ("client_encoding", "UTF8"), ("fallback_application_name", "\(role)"),
            ("target_session_attrs", "read-write"), ("password", password), ("dbname", url),
        ]
        handle = Self.withCStrings(parameters.map(\.0)) { keys in
            Self.withCStrings(parameters.map(\.1)) { PQconnectdbParams(keys, $0, 1) }
        }
        guard isOpen else {
            let error = DatabaseError(handle, kind: .unavailable)
            close()
            throw error
        }
        try run(settings)
        if role == .writer { try makeTokens() }
    }

    /// Takes the lock of a role for as long as the session lasts.
    /// - Returns: `false` when another session has it.
    func takeLock(of role: String) throws -> Bool {
        if !isOpen { try open() }
        return try run("SELECT pg_try_advisory_lock(2, hashtext(current_schema() || '/\(role)'))::text") {
            try $0[0].text(0) == "true"
        }
    }

    /// - Throws: when the session is gone, and its locks with it.
    func isAlive() throws -> Bool {
        try run("SELECT 1")
        return true
    }

    func close() {
        PQfinish(handle)  // Takes NULL (https://www.postgresql.org/docs/15/libpq-connect.html).
        (handle, prepared) = (nil, [:])
    }

    /// Several statements at once, without arguments; the rows of the last one are lent to `read`.
    @discardableResult
    func run<T>(_ sql: String, _ read: (PostgreSQLResult) throws -> T = { _ in }) throws -> T {
        try read(checked(PQexec(handle, sql), sql))
    }

    /// Runs a statement that is kept prepared.
    func run<T>(
        _ sql: String, _ arguments: [SQLValue], _ read: (PostgreSQLResult) throws -> T
    ) throws -> T {
        if !sql.hasPrefix("SELECT") { (hasWritten, hasChanged) = (true, true) }
        let name = try prepare(sql, arguments)
        let values = PostgreSQLArguments(arguments)
        let result = values.withPointers { values, lengths, formats in
            PQexecPrepared(handle, name, Int32(arguments.count), values, lengths, formats, 1)
        }
        return try read(checked(result, sql))
    }

    private func prepare(_ sql: String, _ arguments: [SQLValue]) throws -> String {
        if let name = prepared[sql] { return name }
        if prepared.count >= Self.mostStatements {
            try run("DEALLOCATE ALL")
            prepared = [:]
        }
        let name = "s\(prepared.count)"
        let types = arguments.map(\.postgreSQLType)
        _ = try checked(PQprepare(handle, name, sql, Int32(types.count), types), sql)
        prepared[sql] = name
        return name
    }

    private func checked(_ result: OpaquePointer?, _ sql: String) throws -> PostgreSQLResult {
        // NULL when the message could not even be sent.
        guard let result else { throw DatabaseError(handle, kind: .unavailable, sql: sql) }
        let owned = PostgreSQLResult(result, sql)
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return owned
        default:
            let error = isOpen ? owned.error : DatabaseError(handle, kind: .unavailable, sql: sql)
            // Another instance has changed a table under a prepared statement: with the session all of them are forgotten.
            if owned.isOutdatedPlan { close() }
            throw error
        }
    }

    /// Whether the server thinks that a transaction is under way and may go on.
    var isInTransaction: Bool { handle.map { PQtransactionStatus($0) == PQTRANS_INTRANS } ?? false }
    /// Whether there is anything to roll back.
    var isIdle: Bool { handle.map { PQtransactionStatus($0) == PQTRANS_IDLE } ?? true }

    /// A list that ends with NULL, as libpq wants it.
    private static func withCStrings<T>(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> T
    ) -> T {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return (copies.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}
