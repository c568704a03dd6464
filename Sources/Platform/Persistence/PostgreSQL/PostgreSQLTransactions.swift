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
        transactionId = nil
        transactionId = try run(
            """
            BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT pg_advisory_xact_lock(\(Self.turn));
            SELECT pg_current_xact_id()::text
            """
        ) { try $0[0].text(0) }
    }

    func commit(_ scope: TransactionScope) throws {
        switch scope {
        case .savepoint: try run("RELEASE SAVEPOINT unit")
        case .whole:
            do {
                // The server answers so when a statement had failed.
                if try run("COMMIT", { $0.command }) == "ROLLBACK" {
                    throw DatabaseError(kind: .unavailable, message: "the database rolled the transaction back")
                }
            } catch let error as DatabaseError where !isOpen {
                try findOutcome(error)
            }
        }
    }

    /// The answer to a COMMIT was lost: asks the server what became of the transaction.
    /// - Throws: `lost` when it was not committed; an error of kind `unknown` when that cannot be found out.
    private func findOutcome(_ lost: DatabaseError) throws {
        guard let id = transactionId else { throw lost }
        let deadline = ContinuousClock.now + Self.patience
        while ContinuousClock.now < deadline {
            switch try? status(of: id) {  // An error is an answer as well: away still.
            case "committed": return
            case "aborted": throw lost
            default: Thread.sleep(forTimeInterval: 0.05)  // The writer's own thread; nobody else waits for it.
            }
        }
        throw DatabaseError(
            kind: .outcomeUnknown, message: "whether a commit took effect is not known: \(lost.message)")
    }

    /// `in progress` as long as the server has not noticed that the session broke.
    private func status(of transaction: String) throws -> String {
        if !isOpen { try open() }
        return try run("SELECT pg_xact_status('\(transaction)'::xid8)") { try $0[0].text(0) }
    }

    func rollBack(_ scope: TransactionScope) throws {
        // A session that broke has rolled back by itself.
        guard isOpen, !isIdle else { return }
        switch scope {
        case .whole: try run("ROLLBACK")
        case .savepoint: try run("ROLLBACK TO SAVEPOINT unit; RELEASE SAVEPOINT unit")
        }
    }

    func define(_ statement: String) throws { try run(PostgreSQLDialect.translate(statement)) }

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
