/// A SELECT of rows of one table.
public struct Query<Stored: Sendable>: Sendable {
    let sql: String
    let read: @Sendable (any Row) throws -> Stored

    public func first(_ arguments: SQLValue..., in connection: any Connection) throws -> Stored? {
        try connection.first(sql, arguments, read)
    }

    public func all(_ arguments: SQLValue..., in connection: any Connection) throws -> [Stored] {
        try connection.query(sql, arguments, read)
    }
}
