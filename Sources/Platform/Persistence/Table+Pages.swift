/// Pages of a table, whose cost does not grow with the table.
extension Table {
    /// All rows.
    public func count(in connection: any Connection) throws -> Int {
        if let counts { return try counts.count(in: connection) }
        return try connection.first("SELECT count(*) FROM \(name)") { try $0.integer(0) } ?? 0
    }

    /// The rows at some places, in ascending order. By id, they are found by key; by another column, the rows between
    /// them and the nearer end are stepped over.
    /// - Parameter column: with an index; rows that have the same in it are in the order of their ids.
    public func rows(
        at places: Range<Int>, of total: Int, by column: String, in connection: any Connection
    ) throws -> [Stored] {
        if places.isEmpty { return [] }
        if column == "id", let counts {
            let start = try counts.start(before: places.lowerBound, in: connection)
            return try connection.query(
                "\(selectSQL) WHERE id > $1 ORDER BY id LIMIT $2 OFFSET $3",
                [.integer(start.id), .integer(places.count), .integer(places.lowerBound - start.rows)], read)
        }
        if places.lowerBound <= total - places.upperBound {
            return try connection.query(
                "\(selectSQL) ORDER BY \(column), id LIMIT $1 OFFSET $2",
                [.integer(places.count), .integer(places.lowerBound)], read)
        }
        return try connection.query(
            "\(selectSQL) ORDER BY \(column) DESC, id DESC LIMIT $1 OFFSET $2",
            [.integer(places.count), .integer(total - places.upperBound)], read
        ).reversed()
    }
}

/// Of the rows that have the same in a column, which has an index.
extension Table {
    /// - Parameter limit: of the rows that are counted.
    public func count(
        where column: String, is value: SQLValue, atMost limit: Int, in connection: any Connection
    ) throws -> Int {
        try connection.first(
            "SELECT count(*) FROM (SELECT 1 FROM \(name) WHERE \(column) = $1 LIMIT $2) AS found",
            [value, .integer(limit)]
        ) { try $0.integer(0) } ?? 0
    }

    /// The rows at some places in the order of their ids; those before them are stepped over.
    public func rows(
        at places: Range<Int>, where column: String, is value: SQLValue, isDescending: Bool,
        in connection: any Connection
    ) throws -> [Stored] {
        if places.isEmpty { return [] }
        return try connection.query(
            "\(selectSQL) WHERE \(column) = $1 ORDER BY id\(isDescending ? " DESC" : "") LIMIT $2 OFFSET $3",
            [value, .integer(places.count), .integer(places.lowerBound)], read)
    }
}

extension Table {
    /// Removes the table, with what is known of it; ``Database/migrate(_:)`` makes it again.
    public func drop(in transaction: Transaction) throws {
        try Migration.drop(name, in: transaction)
        if let counts { try transaction.execute(counts.forget) }
    }
}
