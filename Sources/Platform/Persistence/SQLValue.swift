public import Foundation
public import Time

/// A value that a statement is given; the subset that SQLite's STRICT tables and PostgreSQL share.
public enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int)
    case real(Double)
    case text(String)
    case blob(Data)

    public static func time(_ value: Timestamp) -> SQLValue { .integer(value.milliseconds) }
    public static func optional(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
    public static func optional(_ value: Int?) -> SQLValue { value.map { .integer($0) } ?? .null }
}

/// One result row, lent to a closure: it must not be kept. Columns count from 0.
///
/// A getter of another type than the column's converts as the database does, but NULL is nothing that it could return.
/// - Throws: ``DatabaseError`` for NULL.
public protocol Row {
    func integer(_ column: Int) throws -> Int
    func real(_ column: Int) throws -> Double
    func text(_ column: Int) throws -> String
    func blob(_ column: Int) throws -> Data
    func isNull(_ column: Int) -> Bool
}

extension Row {
    public func time(_ column: Int) throws -> Timestamp { Timestamp(milliseconds: try integer(column)) }
    public func optionalInteger(_ column: Int) throws -> Int? { isNull(column) ? nil : try integer(column) }
    public func optionalText(_ column: Int) throws -> String? { isNull(column) ? nil : try text(column) }
    public func optionalBlob(_ column: Int) throws -> Data? { isNull(column) ? nil : try blob(column) }
}
