import CPostgreSQL
import Foundation

/// What a statement brought, in the binary format; cleared with its last owner.
final class PostgreSQLResult {
    private let result: OpaquePointer
    private let sql: String

    init(_ result: OpaquePointer, _ sql: String) { (self.result, self.sql) = (result, sql) }

    deinit { PQclear(result) }

    var error: DatabaseError { DatabaseError(result: result, sql: sql) }
    /// feature_not_supported ("cached plan must not change result type") or invalid_sql_statement_name.
    var isOutdatedPlan: Bool { ["0A000", "26000"].contains(DatabaseError.state(of: result)) }
    /// Rows that were entered, changed or removed.
    var changes: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }
    /// As `COMMIT` or `ROLLBACK`.
    var command: String { String(cString: PQcmdStatus(result)) }
    var count: Int { Int(PQntuples(result)) }

    subscript(row: Int) -> PostgreSQLRow { PostgreSQLRow(result: result, row: Int32(row), sql: sql) }
}

/// One row of a result, which must outlive it.
struct PostgreSQLRow: Row {
    let result: OpaquePointer
    let row: Int32
    let sql: String

    func isNull(_ column: Int) -> Bool { PQgetisnull(result, row, Int32(column)) != 0 }

    func integer(_ column: Int) throws -> Int {
        let bytes = try bytes(column)
        switch PQftype(result, Int32(column)) {
        case PostgreSQLType.int8, PostgreSQLType.int4, PostgreSQLType.bool:
            let isNegative = (bytes.first ?? 0) & 0x80 != 0
            return bytes.reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) }
        case PostgreSQLType.numeric:
            guard let integer = Self.integer(numeric: bytes) else { throw wrongType(column, "an integer") }
            return integer
        case PostgreSQLType.float8: return Int(exactly: try real(column).rounded(.towardZero)) ?? 0
        default: throw wrongType(column, "an integer")
        }
    }

    func real(_ column: Int) throws -> Double {
        guard PQftype(result, Int32(column)) == PostgreSQLType.float8 else { return Double(try integer(column)) }
        return Double(bitPattern: try bytes(column).reduce(0) { $0 << 8 | UInt64($1) })
    }

    func text(_ column: Int) throws -> String {
        switch PQftype(result, Int32(column)) {
        case PostgreSQLType.int8, PostgreSQLType.int4: String(try integer(column))
        default: String(decoding: try bytes(column), as: UTF8.self)
        }
    }
    func blob(_ column: Int) throws -> Data { Data(try bytes(column)) }

    private func bytes(_ column: Int) throws -> UnsafeRawBufferPointer {
        guard !isNull(column) else {
            throw DatabaseError(kind: .other, message: "column \(column) is NULL", sql: sql)
        }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, Int32(column)), count: Int(PQgetlength(result, row, Int32(column))))
    }

    /// What `sum` of integers is: 16-bit numbers that say how many digits to the base of 10 000 follow, the weight of the first
    /// one, and the sign (numeric_send in the server's numeric.c).
    private static func integer(numeric bytes: UnsafeRawBufferPointer) -> Int? {
        let words = stride(from: 0, to: bytes.count - 1, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
        guard words.count >= 4, words.count == 4 + words[0], words[1] < 5, words[0] <= words[1] + 1 else { return nil }
        var magnitude = 0
        for digit in words[4...] + Array(repeating: 0, count: words[1] + 1 - words[0]) {
            let (product, isTooLarge) = magnitude.multipliedReportingOverflow(by: 10_000)
            let (sum, isTooLargeToo) = product.addingReportingOverflow(digit)
            guard !isTooLarge, !isTooLargeToo else { return nil }
            magnitude = sum
        }
        return words[2] == 0x4000 ? -magnitude : magnitude
    }

    private func wrongType(_ column: Int, _ wanted: String) -> DatabaseError {
        DatabaseError(
            kind: .other, message: "column \(column) is no \(wanted), but of type \(PQftype(result, Int32(column)))",
            sql: sql)
    }
}

extension DatabaseError {
    /// Reads what the connection says.
    init(_ handle: OpaquePointer?, kind: Kind, sql: String = "") {
        let message = handle.map { String(cString: PQerrorMessage($0)) } ?? "there is no connection"
        self.init(kind: kind, message: Self.oneLine(message), sql: sql)
    }

    init(result: OpaquePointer, sql: String) {
        let state = Self.state(of: result)
        // Not the whole message, whose details have the values of the row.
        let message = PQresultErrorField(result, cpostgresql_message).map { Self.oneLine(String(cString: $0)) } ?? ""
        self.init(kind: Self.kind(of: state), message: "\(state) \(message)", sql: sql)
    }

    fileprivate static func state(of result: OpaquePointer) -> String {
        PQresultErrorField(result, cpostgresql_sqlstate).map { String(cString: $0) } ?? ""
    }

    /// https://www.postgresql.org/docs/15/errcodes-appendix.html
    private static func kind(of state: String) -> Kind {
        switch state {
        case "23505": .uniqueViolation
        // Somebody else was faster, canceled, ended the session, or changed a table.
        case "40001", "40P01", "55P03", "57014", "25P02", "25P03", "25006", "0A000", "26000": .unavailable
        default:
            switch state.prefix(2) {
            case "23": .constraintViolation
            // Connection, resources, operator, system.
            case "08", "53", "57", "58": .unavailable
            default: .other
            }
        }
    }

    private static func oneLine(_ message: String) -> String {
        message.split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
}
