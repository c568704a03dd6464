public import Time

/// One numbered step of a schema. Immutable once it has landed: to change a table, add a step.
///
/// Written in SQLite's words (STRICT, INTEGER, BLOB, AUTOINCREMENT, WITHOUT ROWID); a driver of another database
/// translates these few.
public struct Migration: Sendable {
    /// Who owns the tables, for example `outbox`; numbers count per component, from 1.
    public let component: String
    public let number: Int
    public let statements: [String]

    public init(_ component: String, _ number: Int, _ statements: [String]) {
        (self.component, self.number, self.statements) = (component, number, statements)
    }

    /// Removes a table and forgets the steps that made it; ``Database/migrate(_:)`` makes it again.
    /// - Parameter table: the component of its steps as well.
    public static func drop(_ table: String, in transaction: Transaction) throws {
        try transaction.execute("DROP TABLE IF EXISTS \(table)")
        try transaction.execute("DELETE FROM schema_migrations WHERE component = $1", [.text(table)])
    }

    /// When this database got its first step; `nil` when it has none.
    public static func firstApplied(in connection: any Connection) throws -> Timestamp? {
        try connection.first("SELECT applied_at FROM schema_migrations ORDER BY applied_at LIMIT 1") { try $0.time(0) }
    }

    /// FNV-1a, 64 bit (http://www.isthe.com/chongo/tech/comp/fnv): stable across runs, unlike `Hasher`.
    var checksum: Int {
        let hash = statements.joined(separator: ";").utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        return Int(bitPattern: UInt(hash))
    }
}

extension Database {
    /// Applies the steps that this database does not have yet, each in a transaction of its own.
    /// - Throws: ``DatabaseError``, also when a step that was applied before reads differently now.
    public func migrate(_ migrations: [Migration]) async throws {
        try await write { transaction in
            try transaction.define(
                """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    component TEXT NOT NULL, number INTEGER NOT NULL, checksum INTEGER NOT NULL,
                    applied_at INTEGER NOT NULL, PRIMARY KEY (component, number)) STRICT
                """)
        }
        for migration in migrations { try await write { try migration.apply(in: $0) } }
    }
}

extension Migration {
    fileprivate func apply(in transaction: Transaction) throws {
        let known = try transaction.first(
            "SELECT checksum FROM schema_migrations WHERE component = $1 AND number = $2",
            [.text(component), .integer(number)]
        ) { try $0.integer(0) }
        if let known {
            guard known == checksum else {
                throw DatabaseError(
                    kind: .other,
                    message:
                        "migration \(component) \(number) was changed after it ran: the database belongs to another version"
                )
            }
            return
        }
        try transaction.takeTime()
        for statement in statements { try transaction.define(statement) }
        try transaction.execute(
            "INSERT INTO schema_migrations (component, number, checksum, applied_at) VALUES ($1, $2, $3, $4)",
            [.text(component), .integer(number), .integer(checksum), .time(transaction.now)])
    }
}
