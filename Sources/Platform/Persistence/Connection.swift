/// Runs statements. Placeholders are `$1`, `$2` …, numbered in the order of the arguments; statements are kept
/// prepared, so their text must not contain values.
public protocol Connection: AnyObject {
    /// - Returns: the number of rows that were inserted, changed or deleted.
    /// - Throws: ``DatabaseError``.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int

    /// Runs an INSERT of one row into a table with an integer key `id`.
    /// - Returns: the id that the database gave it.
    /// - Throws: ``DatabaseError``, also when no row was entered.
    func insert(_ sql: String, _ arguments: [SQLValue]) throws -> Int

    /// - Returns: what `read` made of each row, in order.
    /// - Throws: ``DatabaseError``, or what `read` throws.
    func query<T>(_ sql: String, _ arguments: [SQLValue], _ read: (any Row) throws -> T) throws -> [T]
}

extension Connection {
    @discardableResult
    public func execute(_ sql: String) throws -> Int { try execute(sql, []) }

    public func query<T>(_ sql: String, _ read: (any Row) throws -> T) throws -> [T] { try query(sql, [], read) }

    /// - Returns: the first row, `nil` when there is none.
    public func first<T>(_ sql: String, _ arguments: [SQLValue] = [], _ read: (any Row) throws -> T) throws -> T? {
        try query(sql, arguments, read).first
    }
}
