public import Foundation

/// A value that a statement is given; the subset that SQLite's STRICT tables and PostgreSQL share.
public enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob(Data)

    public static func int(_ value: Int) -> SQLValue { .integer(Int64(value)) }
    public static func optional(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
    public static func optional(_ value: Int64?) -> SQLValue { value.map { .integer($0) } ?? .null }
}

/// One result row, lent to a closure: it must not be kept. Columns count from 0.
///
/// A getter of another type than the column's converts as the database does; NULL reads as 0, "" or no bytes.
public protocol Row {
    func integer(_ column: Int) -> Int64
    func real(_ column: Int) -> Double
    func text(_ column: Int) -> String
    func blob(_ column: Int) -> Data
    func isNull(_ column: Int) -> Bool
}

extension Row {
    public func int(_ column: Int) -> Int { Int(integer(column)) }
    public func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
    public func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }
}
