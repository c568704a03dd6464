/// One member of `Root` and the column that holds it; or a member that takes several columns.
public struct Column<Root, Value>: Sendable {
    @usableFromInline let definitions: [ColumnDefinition]
    @usableFromInline let read: @Sendable (any Row, inout Int) throws -> Value
    @usableFromInline let write: @Sendable (Root, inout [SQLValue]) -> Void

    /// A member in one column, which is NOT NULL unless the member is optional.
    @inlinable
    public init(_ name: String, _ get: @escaping @Sendable (Root) -> Value, _ traits: ColumnTrait...)
    where Value: ColumnValue {
        definitions = [
            ColumnDefinition(name: name, type: Value.columnType, isNullable: Value.isNullable, traits: traits)
        ]
        read = { row, place in
            defer { place += 1 }
            return try Value.read(row, place)
        }
        write = { root, values in values.append(get(root).sqlValue) }
    }

    /// A member with columns of its own.
    @inlinable
    public init(_ get: @escaping @Sendable (Root) -> Value, _ columns: Columns<Value>) {
        definitions = columns.definitions
        read = columns.read
        write = { root, values in columns.write(get(root), &values) }
    }
}

/// What a column is beside its name and type.
public enum ColumnTrait: Sendable {
    /// The integer key that the database gives.
    case id
    /// The same, and an id that was removed is never given again.
    case idUsedOnce
    /// Grows with every change; a change of a row that somebody else has changed meanwhile fails.
    case version
    case unique
    /// Not written by ``Table/update(_:in:)``.
    case fixed
    /// Another table's id.
    case references(_ table: String)
    case check(_ condition: String)
    /// The column came with a later migration of its table; rows from before get `value`, an SQL literal.
    case since(_ migration: Int, value: String)
}

@usableFromInline
struct ColumnDefinition: Sendable {
    let name: String
    private let type: String
    private let isNullable: Bool
    private let traits: [ColumnTrait]

    @usableFromInline
    init(name: String, type: String, isNullable: Bool, traits: [ColumnTrait]) {
        (self.name, self.type, self.isNullable, self.traits) = (name, type, isNullable, traits)
    }

    /// The migration that brought it.
    var migration: Int {
        for case .since(let number, _) in traits { return number }
        return 1
    }

    var isId: Bool {
        traits.contains { if case .id = $0 { true } else if case .idUsedOnce = $0 { true } else { false } }
    }

    var isFixed: Bool { isId || traits.contains { if case .fixed = $0 { true } else { false } } }

    var isVersion: Bool { traits.contains { if case .version = $0 { true } else { false } } }

    /// As in CREATE TABLE and ADD COLUMN.
    var sql: String {
        traits.reduce("\(name) \(type)" + (isNullable || isId ? "" : " NOT NULL")) { sql, trait in
            switch trait {
            case .id: sql + " PRIMARY KEY"
            case .idUsedOnce: sql + " PRIMARY KEY AUTOINCREMENT"
            case .unique: sql + " UNIQUE"
            case .references(let table): sql + " REFERENCES \(table) (id)"
            case .check(let condition): sql + " CHECK (\(condition))"
            case .since(_, let value): sql + " DEFAULT \(value)"
            case .version: sql + " DEFAULT 1"
            case .fixed: sql
            }
        }
    }
}

/// The columns of a value, in the order of its initialiser's parameters: said once, for the table's definition, for
/// writing and for reading.
public struct Columns<Root>: Sendable {
    @usableFromInline let definitions: [ColumnDefinition]
    @usableFromInline let read: @Sendable (any Row, inout Int) throws -> Root
    @usableFromInline let write: @Sendable (Root, inout [SQLValue]) -> Void

    /// Inlinable, because a pack of types that is known only at run time costs ten times as much per row (*measured*).
    /// - Parameter make: called with what the columns hold, in their order.
    @inlinable
    public init<each Value>(
        _ make: @escaping @Sendable (repeat each Value) -> Root, _ columns: repeat Column<Root, each Value>
    ) {
        var definitions: [ColumnDefinition] = []
        for column in repeat each columns { definitions += column.definitions }
        self.definitions = definitions
        read = { row, place in make(repeat try (each columns).read(row, &place)) }
        write = { root, values in for column in repeat each columns { column.write(root, &values) } }
    }
}
