import CSQLite

/// One SQLite connection and its prepared statements.
///
/// `@unchecked Sendable`: it is opened on one thread and handed, once, to the thread that uses it from then on
/// (`SQLITE_OPEN_NOMUTEX`; source: https://sqlite.org/threadsafe.html, "multi-thread").
final class SQLiteConnection: StoreConnection, @unchecked Sendable {
    let handle: OpaquePointer
    private(set) var statements = StatementCache()
    var hasWritten = false
    /// Bytes, as ``check()`` last saw it: nothing vacuums the file, so it never shrinks.
    var fileSize: Int64 = 0

    /// Once per process; it fails harmlessly when somebody else has opened a connection before.
    private static let isConfigured = csqlite_disable_memory_statistics() == SQLITE_OK

    /// - Throws: ``DatabaseError`` when the file cannot be opened.
    init(path: String, readOnly: Bool) throws {
        _ = Self.isConfigured
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_NOMUTEX | (readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            // SQLite hands out a handle even when it fails to open (https://sqlite.org/c3ref/open.html).
            sqlite3_close_v2(opened)
            throw DatabaseError(kind: .other, code: code, message: "cannot open \(path): \(Self.text(of: code))")
        }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 5_000)  // Milliseconds; longer than any transaction of ours.
        do { try configure(readOnly: readOnly) } catch {
            sqlite3_close_v2(handle)
            throw error
        }
    }

    deinit {
        statements.removeAll()  // Finalized before the handle goes.
        sqlite3_close_v2(handle)
    }

    private func configure(readOnly: Bool) throws {
        // FULL: with NORMAL an acknowledged commit in the WAL could be lost on power failure.
        // Pages of 4 KiB in the WAL before they are copied into the file: the default of 1000 is a few tenths of a second.
        for pragma in [
            "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY",
            "wal_autocheckpoint = 8000",
        ] where !readOnly || !pragma.hasPrefix("journal_mode") {
            _ = try query("PRAGMA \(pragma)") { _ in }
        }
        statements.removeAll()
    }

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        let before = sqlite3_total_changes(handle)
        _ = try query(sql, arguments) { _ in }
        // After a statement that cannot change rows, `sqlite3_changes` repeats the count of an earlier one.
        return sqlite3_total_changes(handle) == before ? 0 : Int(sqlite3_changes(handle))
    }

    /// Not by RETURNING, for which SQLite builds a table each time.
    func insert(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        guard try execute(sql, arguments) == 1 else {
            throw DatabaseError(kind: .other, message: "the INSERT entered no row", sql: sql)
        }
        // What triggers enter does not count once they are done (https://sqlite.org/c3ref/last_insert_rowid.html).
        return Int(sqlite3_last_insert_rowid(handle))
    }

    func query<T>(_ sql: String, _ arguments: [SQLValue], _ read: (any Row) throws -> T) throws -> [T] {
        let statement = try statements.statement(for: sql) { try SQLiteStatement(sql, on: handle) }
        defer { statement.reset() }
        try statement.bind(arguments)
        if !statement.isReadOnly { hasWritten = true }
        var rows: [T] = []
        while try statement.step() { rows.append(try read(statement)) }
        return rows
    }

    func define(_ statement: String) throws { try execute(statement) }
    func takeTime() {}

    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    func begin(_ scope: TransactionScope) throws {
        switch scope {
        case .whole: try execute("BEGIN IMMEDIATE")
        case .savepoint: try execute("SAVEPOINT unit")
        }
    }

    func commit(_ scope: TransactionScope) throws {
        switch scope {
        case .whole: try execute("COMMIT")
        case .savepoint: try execute("RELEASE unit")
        }
    }

    func rollBack(_ scope: TransactionScope) throws {
        // Some errors (disk full, I/O) have rolled everything back already: https://sqlite.org/lang_transaction.html
        guard isInTransaction else { return }
        switch scope {
        case .whole: try execute("ROLLBACK")
        case .savepoint:
            try execute("ROLLBACK TO unit")
            try commit(.savepoint)
        }
    }

    static func text(of code: Int32) -> String { String(cString: sqlite3_errstr(code)) }
}
