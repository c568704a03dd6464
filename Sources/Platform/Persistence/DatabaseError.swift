/// What the database answered when a statement failed. Carries the SQL, never its arguments.
public struct DatabaseError: Error, Equatable, CustomStringConvertible {
    public enum Kind: Sendable, Equatable {
        /// A UNIQUE or PRIMARY KEY constraint refused the row.
        case uniqueViolation
        /// Another constraint refused the row.
        case constraintViolation
        /// Locked, busy, out of space, read-only for now: the same unit may succeed later. HTTP answers 503.
        case unavailable
        /// Whether the unit was committed cannot be found out: the connection broke, and the database stays away. HTTP answers
        /// 503.
        case outcomeUnknown
        /// The row was changed or removed since it was loaded. HTTP answers 503: who looks again may succeed.
        case conflict
        /// The statement or the file is wrong; trying again does not help.
        case other
    }

    public var kind: Kind
    /// The driver's own code, for example SQLite's extended result code (https://sqlite.org/rescode.html).
    public var code: Int32
    public var message: String
    public var sql: String

    public init(kind: Kind, code: Int32 = 0, message: String, sql: String = "") {
        (self.kind, self.code, self.message, self.sql) = (kind, code, message, sql)
    }

    /// Whether the whole database is at stake, and not this unit.
    public var isRetriable: Bool { kind == .unavailable || kind == .outcomeUnknown }
    public var description: String {
        "database error \(code): \(message)" + (sql.isEmpty ? "" : " - while executing `\(sql)`")
    }
}
