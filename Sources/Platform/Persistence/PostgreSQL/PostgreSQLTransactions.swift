import Foundation
import Time

/// Transactions. All writers of a database, wherever they run, take turns: each transaction begins with one lock, which ends
/// with it. So a unit sees what every unit before it did and nothing changes beside it, as with one writer of one process;
/// ids are in the order of the commits.
extension PostgreSQLConnection: StoreConnection {
    /// The lock among the advisory locks of the database: any constant, and the schema, as several may share a database.
    private static let turn = "1, hashtext(current_schema())"
    /// Until an interrupted commit counts as unknown.
    private static let patience = Duration.seconds(10)

    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int { try run(sql, arguments) { $0.changes } }

    func insert(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try run(sql + " RETURNING id", arguments) { result in
            guard result.count == 1 else {
                throw DatabaseError(kind: .other, message: "the INSERT entered no row", sql: sql)
            }
            return try result[0].integer(0)
        }
    }

    func query<T>(_ sql: String, _ arguments: [SQLValue], _ read: (any Row) throws -> T) throws -> [T] {
        try run(sql, arguments) { result in try (0..<result.count).map { try read(result[$0]) } }
    }

    func begin(_ scope: TransactionScope) throws {
        switch scope {
        case .whole:
            do { try beginWhole() } catch  where !isOpen {
                // The server was restarted while nobody asked it anything; nothing is lost by asking again.
                try open()
                try beginWhole()
            }
        case .savepoint: try run("SAVEPOINT unit")
        }
    }

    /// READ COMMITTED, so that what follows the lock sees what was committed while it was waited for.
    private func beginWhole() throws {
        hasChanged = false
        try run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT pg_advisory_xact_lock(\(Self.turn))")
    }

    func commit(_ scope: TransactionScope) throws {
        switch scope {
        case .savepoint: try run("RELEASE SAVEPOINT unit")
        case .whole:
            let token = hasChanged ? UUID().uuidString : nil
            do {
                // The server answers so when a statement had failed.
                if try run((token.map(leave) ?? "") + "COMMIT", { $0.command }) == "ROLLBACK" {
                    throw DatabaseError(kind: .unavailable, message: "the database rolled the transaction back")
                }
            } catch let error as DatabaseError where !isOpen {
                guard let token else { throw error }
                try findOutcome(of: token, error)
            }
        }
    }

    // MARK: - A COMMIT whose answer got lost

    /// What is left behind by each transaction that changes something, in it: the id of a transaction would not do, as a server
    /// that crashed gives the ids again of which nothing had reached its disk.
    private static let tokens = """
        CREATE TABLE IF NOT EXISTS commit_tokens (
            writer TEXT PRIMARY KEY, token TEXT NOT NULL, left_at TIMESTAMPTZ NOT NULL);
        DELETE FROM commit_tokens WHERE left_at < now() - interval '1 day';
        """

    /// In a turn, as servers do not like it when two sessions make one table.
    func makeTokens() throws {
        try run("BEGIN; SELECT pg_advisory_xact_lock(\(Self.turn)); \(Self.tokens) COMMIT")
    }

    private func leave(_ token: String) -> String {
        """
        INSERT INTO commit_tokens VALUES ('\(writer)', '\(token)', now())
        ON CONFLICT (writer) DO UPDATE SET token = excluded.token, left_at = excluded.left_at;
        """
    }

    /// Looks for what the transaction would have left.
    /// - Throws: `lost` when it was not committed; an error of kind `outcomeUnknown` when that cannot be found out.
    private func findOutcome(of token: String, _ lost: DatabaseError) throws {
        let deadline = ContinuousClock.now + Self.patience
        while ContinuousClock.now < deadline {
            switch try? lastToken() {  // An error is an answer as well: away still.
            case .some(token): return
            case .some: throw lost
            case nil: Thread.sleep(forTimeInterval: 0.05)  // The writer's own thread; nobody else waits for it.
            }
        }
        throw DatabaseError(
            kind: .outcomeUnknown, message: "whether a commit took effect is not known: \(lost.message)")
    }

    /// Of the last transaction of this writer that was committed; empty when there is none. In a turn, which begins when the one
    /// of the broken session has ended, in whatever way.
    private func lastToken() throws -> String {
        if !isOpen { try open() }
        let read = "SELECT coalesce((SELECT token FROM commit_tokens WHERE writer = '\(writer)'), '')"
        try run("BEGIN; SELECT pg_advisory_xact_lock(\(Self.turn))")
        let token = try run(read) { try $0[0].text(0) }
        try run("ROLLBACK")
        return token
    }

    func rollBack(_ scope: TransactionScope) throws {
        // A session that broke has rolled back by itself.
        guard isOpen, !isIdle else { return }
        switch scope {
        case .whole: try run("ROLLBACK")
        case .savepoint: try run("ROLLBACK TO SAVEPOINT unit; RELEASE SAVEPOINT unit")
        }
    }

    func define(_ statement: String) throws {
        hasChanged = true
        try run(PostgreSQLDialect.translate(statement))
    }

    func takeTime() throws { try run("SET LOCAL statement_timeout = 0") }

    func snapshot<T>(_ body: (any Connection) throws -> T) throws -> T {
        do { return try snapshotOnce(body) } catch let error as DatabaseError where error.isRetriable && !isOpen {
            try open()
            return try snapshotOnce(body)
        }
    }

    private func snapshotOnce<T>(_ body: (any Connection) throws -> T) throws -> T {
        if !isOpen { try open() }
        try run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        do {
            let value = try body(self)
            try run("COMMIT")
            return value
        } catch {
            try rollBack(.whole)
            throw error
        }
    }

    func check() throws { try snapshot { _ = try $0.query("SELECT 1") { try $0.integer(0) } } }
}
