/// A value that is a row of a ``Table``.
public protocol Record: Sendable {
    /// 0 until the database has given one.
    var id: Int { get set }
}

/// A row that several may want to change.
public protocol Versioned: Record {
    /// From 1.
    var version: Int { get set }
}

/// A table said once, by its columns: what it is created, written and read by follows from them. No text is made per
/// call, and nothing is looked up at run time.
public struct Table<Stored: Record>: Sendable {
    public let name: String
    /// The steps that make the table; its first is 1, and a column that came `since` another one is added by that.
    public let migrations: [Migration]
    /// `nil` for a table that nobody counts.
    let counts: RowCounts?

    private let columns: Columns<Stored>
    private let changeable: [Int]
    /// Place of the version.
    private let version: Int?
    private let insertSQL: String
    private let updateSQL: String
    let selectSQL: String
    private let byId: String
    let upsertSQL: String

    /// - Parameters:
    ///   - columns: the first one is the id.
    ///   - unique: columns that are unique together.
    ///   - more: statements that belong to its first migration, for example of indexes.
    ///   - isCounted: whether its rows can be listed by place (``RowCounts``).
    @inlinable
    public init<each Value>(
        _ name: String, _ make: @escaping @Sendable (repeat each Value) -> Stored,
        _ columns: repeat Column<Stored, each Value>, unique: [[String]] = [], more: [String] = [],
        isCounted: Bool = true
    ) {
        self.init(name, Columns(make, repeat each columns), unique: unique, more: more, isCounted: isCounted)
    }

    @usableFromInline
    init(_ name: String, _ columns: Columns<Stored>, unique: [[String]], more: [String], isCounted: Bool) {
        (self.name, self.columns) = (name, columns)
        let definitions = columns.definitions
        precondition(definitions.first?.isId == true, "the first column of \(name) is not its id")
        version = definitions.firstIndex(where: \.isVersion)
        precondition(
            (version != nil) == (Stored.self is any Versioned.Type), "\(name) has a version, or its rows have, not both"
        )
        let counts = isCounted ? RowCounts(table: name) : nil
        self.counts = counts
        migrations = Self.migrations(name, definitions, unique, more + (counts?.statements ?? []))
        changeable = definitions.indices.filter { !definitions[$0].isFixed }
        let all = definitions.map(\.name)
        let texts = TableTexts(name, definitions, changeable)
        (insertSQL, updateSQL, upsertSQL) = (texts.insert, texts.update, texts.upsert)
        selectSQL = "SELECT \(all.joined(separator: ", ")) FROM \(name)"
        byId = selectSQL + " WHERE id = $1"
    }

    private static func migrations(
        _ name: String, _ columns: [ColumnDefinition], _ unique: [[String]], _ more: [String]
    ) -> [Migration] {
        let first = columns.filter { $0.migration == 1 }.map(\.sql)
        let together = unique.map { "UNIQUE (\($0.joined(separator: ", ")))" }
        let create = "CREATE TABLE \(name) (\((first + together).joined(separator: ", "))) STRICT"
        let later = Dictionary(grouping: columns.filter { $0.migration > 1 }, by: \.migration).sorted {
            $0.key < $1.key
        }
        return [Migration(name, 1, [create] + more)]
            + later.map { number, columns in
                Migration(name, number, columns.map { "ALTER TABLE \(name) ADD COLUMN \($0.sql)" })
            }
    }

    /// - Returns: the row with the id that the database gave it.
    public func insert(_ row: Stored, in transaction: Transaction) throws -> Stored {
        var row = row
        var arguments = values(row)
        arguments.removeFirst()
        row.id = try transaction.insert(insertSQL, arguments)
        return row
    }

    /// Writes all members that may change.
    /// - Parameter row: with its next version, where it has one (``change(_:in:_:)``).
    /// - Throws: `DatabaseError` of kind `conflict` when the row is gone, or not of the version before any more.
    public func update(_ row: Stored, in transaction: Transaction) throws {
        let values = values(row)
        var arguments: [SQLValue] = []
        arguments.reserveCapacity(changeable.count + 2)
        for place in changeable { arguments.append(values[place]) }
        arguments.append(.integer(row.id))
        if let version, case .integer(let next) = values[version] { arguments.append(.integer(next - 1)) }
        guard try transaction.execute(updateSQL, arguments) == 1 else {
            throw DatabaseError(kind: .conflict, message: "the row was changed or removed meanwhile", sql: updateSQL)
        }
    }

    public func find(id: Int, in connection: any Connection) throws -> Stored? {
        try connection.first(byId, [.integer(id)], read)
    }

    /// A query for rows, to be kept: for example `select("WHERE order_id = $1")`.
    public func select(_ clauses: String) -> Query<Stored> { Query(sql: "\(selectSQL) \(clauses)", read: read) }

    func values(_ row: Stored) -> [SQLValue] {
        var values: [SQLValue] = []
        values.reserveCapacity(columns.definitions.count)
        columns.write(row, &values)
        return values
    }

    var read: @Sendable (any Persistence.Row) throws -> Stored {
        { [read = columns.read] row in
            var place = 0
            return try read(row, &place)
        }
    }
}

extension Table where Stored: Versioned {
    /// Changes a row that was loaded, perhaps in an earlier transaction.
    /// - Parameter body: sees the version that will be saved.
    /// - Returns: the row as it is now.
    /// - Throws: what `body` throws; `DatabaseError` of kind `conflict` when it was changed since it was loaded.
    public func change(
        _ row: Stored, in transaction: Transaction, _ body: (inout Stored) throws -> Void
    ) throws -> Stored {
        var changed = row
        changed.version += 1
        try body(&changed)
        try update(changed, in: transaction)
        return changed
    }

    /// Enters the row under its own id, or replaces the one there when that has a lower version.
    public func upsert(_ row: Stored, in transaction: Transaction) throws {
        try transaction.execute(upsertSQL, values(row))
    }
}
