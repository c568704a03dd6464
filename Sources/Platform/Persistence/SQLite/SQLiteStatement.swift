import CSQLite
import Foundation

/// One prepared statement; itself the row that it stands on.
final class SQLiteStatement: Row {
    private let statement: OpaquePointer
    private let connection: OpaquePointer
    private let sql: String
    private let parameters: Int
    /// `false` also for statements that may change something but happen not to.
    let isReadOnly: Bool
    /// Between ``bind(_:)`` and ``reset()``: a second use at the same time needs a statement of its own.
    private(set) var isBusy = false

    init(_ sql: String, on connection: OpaquePointer) throws {
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw DatabaseError(connection, sql) }
        (statement, self.connection, self.sql) = (prepared, connection, sql)
        parameters = Int(sqlite3_bind_parameter_count(prepared))
        isReadOnly = sqlite3_stmt_readonly(prepared) != 0
    }

    deinit { sqlite3_finalize(statement) }

    /// `$1` is a *named* parameter to SQLite, numbered by first appearance; statements number theirs in that order.
    func bind(_ arguments: [SQLValue]) throws {
        isBusy = true
        guard arguments.count == parameters else {
            throw DatabaseError(
                kind: .other, message: "\(parameters) placeholders but \(arguments.count) arguments", sql: sql)
        }
        for (index, argument) in zip(Int32(1)..., arguments) {
            let code =
                switch argument {
                case .null: sqlite3_bind_null(statement, index)
                case .integer(let number): sqlite3_bind_int64(statement, index, Int64(number))
                case .real(let number): sqlite3_bind_double(statement, index, number)
                case .text(let text): bind(text, at: index)
                case .blob(let data):
                    data.withUnsafeBytes { csqlite_bind_blob(statement, index, $0.baseAddress, Int32($0.count)) }
                }
            guard code == SQLITE_OK else { throw DatabaseError(connection, sql) }
        }
    }

    private func bind(_ text: String, at index: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            csqlite_bind_text(statement, index, bytes.baseAddress, Int32(bytes.count))
        }
    }

    /// - Returns: `false` when there is no further row.
    func step() throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: true
        case SQLITE_DONE: false
        default: throw DatabaseError(connection, sql)
        }
    }

    func reset() {
        sqlite3_reset(statement)  // Repeats the error of the last step, which has been thrown already.
        isBusy = false
    }

    func integer(_ column: Int) throws -> Int {
        try requireValue(column)
        return Int(sqlite3_column_int64(statement, Int32(column)))
    }

    func real(_ column: Int) throws -> Double {
        try requireValue(column)
        return sqlite3_column_double(statement, Int32(column))
    }

    func isNull(_ column: Int) -> Bool { sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL }

    private func requireValue(_ column: Int) throws {
        guard !isNull(column) else {
            throw DatabaseError(kind: .other, message: "column \(column) is NULL", sql: sql)
        }
    }

    func text(_ column: Int) throws -> String {
        try requireValue(column)
        // First the text, then its length: https://sqlite.org/c3ref/column_blob.html
        guard let bytes = sqlite3_column_text(statement, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    func blob(_ column: Int) throws -> Data {
        try requireValue(column)
        guard let bytes = sqlite3_column_blob(statement, Int32(column)) else { return Data() }
        return Data(bytes: bytes, count: Int(sqlite3_column_bytes(statement, Int32(column))))
    }
}

extension DatabaseError {
    /// Reads the error that `connection` reported last.
    init(_ connection: OpaquePointer, _ sql: String) {
        let code = sqlite3_extended_errcode(connection)
        self.init(
            kind: Self.kind(of: code), code: code, message: String(cString: sqlite3_errmsg(connection)), sql: sql)
    }

    private static func kind(of code: Int32) -> Kind {
        switch code & 0xff {  // The primary code is the low byte of an extended one.
        case SQLITE_CONSTRAINT:
            code == csqlite_constraint_unique || code == csqlite_constraint_primary_key
                ? .uniqueViolation : .constraintViolation
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL, SQLITE_IOERR, SQLITE_READONLY, SQLITE_NOMEM, SQLITE_CANTOPEN:
            .unavailable
        default: .other
        }
    }
}
