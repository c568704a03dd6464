/// The prepared statements of one connection, by their text: at most ``limit`` of them.
///
/// A program has a fixed number of texts, far below the limit; it is there for texts that depend on what a client
/// sends.
struct StatementCache {
    static let limit = 256

    private var statements: [Key: Entry] = [:]
    private var uses = 0
    private struct Entry {
        var statement: SQLiteStatement
        var lastUse: Int
    }

    var count: Int { statements.count }

    /// - Returns: the statement kept for `sql`, or the one that `prepare` makes: when there is none, or it is in use.
    mutating func statement(for sql: String, _ prepare: () throws -> SQLiteStatement) rethrows -> SQLiteStatement {
        let key = Key(sql: sql)
        uses += 1
        if let place = statements.index(forKey: key), !statements.values[place].statement.isBusy {
            statements.values[place].lastUse = uses
            return statements.values[place].statement
        }
        let statement = try prepare()
        if statements.count >= Self.limit { evict() }
        statements[key] = Entry(statement: statement, lastUse: uses)
        return statement
    }

    /// Lets the statement go that was not used for longest; one that is in use would be prepared again right away.
    private mutating func evict() {
        let oldest = statements.lazy.filter { !$0.value.statement.isBusy }.min { $0.value.lastUse < $1.value.lastUse }
        if let oldest { statements[oldest.key] = nil }
    }

    mutating func removeAll() { statements.removeAll() }

    /// A statement's text, hashed by its length and its end only: hashing all of it would cost as much as a small
    /// statement.
    private struct Key: Hashable {
        let sql: String

        func hash(into hasher: inout Hasher) {
            var sql = sql
            sql.withUTF8 { bytes in
                hasher.combine(bytes.count)
                hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes).suffix(16)))
            }
        }
    }
}
