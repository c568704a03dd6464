public import Foundation
public import Time

/// A type that one column holds.
public protocol ColumnValue: Sendable {
    /// INTEGER, TEXT, REAL or BLOB.
    static var columnType: String { get }
    static var isNullable: Bool { get }
    /// - Throws: ``DatabaseError`` for NULL where there must be a value, and for a value that this type does not know.
    static func read(_ row: any Row, _ column: Int) throws -> Self
    var sqlValue: SQLValue { get }
}

extension ColumnValue {
    public static var isNullable: Bool { false }
}

extension Int: ColumnValue {
    public static var columnType: String { "INTEGER" }
    public static func read(_ row: any Row, _ column: Int) throws -> Int { try row.integer(column) }
    public var sqlValue: SQLValue { .integer(self) }
}

extension Double: ColumnValue {
    public static var columnType: String { "REAL" }
    public static func read(_ row: any Row, _ column: Int) throws -> Double { try row.real(column) }
    public var sqlValue: SQLValue { .real(self) }
}

extension String: ColumnValue {
    public static var columnType: String { "TEXT" }
    public static func read(_ row: any Row, _ column: Int) throws -> String { try row.text(column) }
    public var sqlValue: SQLValue { .text(self) }
}

extension Data: ColumnValue {
    public static var columnType: String { "BLOB" }
    public static func read(_ row: any Row, _ column: Int) throws -> Data { try row.blob(column) }
    public var sqlValue: SQLValue { .blob(self) }
}

/// 0 or 1.
extension Bool: ColumnValue {
    public static var columnType: String { "INTEGER" }
    public static func read(_ row: any Row, _ column: Int) throws -> Bool { try row.integer(column) != 0 }
    public var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}

/// Milliseconds since 1970 UTC.
extension Timestamp: ColumnValue {
    public static var columnType: String { "INTEGER" }
    public static func read(_ row: any Row, _ column: Int) throws -> Timestamp { try row.time(column) }
    public var sqlValue: SQLValue { .time(self) }
}

/// NULL for `nil`.
extension Optional: ColumnValue where Wrapped: ColumnValue {
    public static var columnType: String { Wrapped.columnType }
    public static var isNullable: Bool { true }

    public static func read(_ row: any Row, _ column: Int) throws -> Wrapped? {
        row.isNull(column) ? nil : try Wrapped.read(row, column)
    }

    public var sqlValue: SQLValue {
        if let self { self.sqlValue } else { .null }
    }
}

/// An enumeration of words: its raw value.
extension ColumnValue where Self: RawRepresentable<String> {
    public static var columnType: String { "TEXT" }

    public static func read(_ row: any Row, _ column: Int) throws -> Self {
        let word = try row.text(column)
        guard let value = Self(rawValue: word) else {
            throw DatabaseError(kind: .other, message: "\(word) is no \(Self.self) that this program knows")
        }
        return value
    }

    public var sqlValue: SQLValue { .text(rawValue) }
}
