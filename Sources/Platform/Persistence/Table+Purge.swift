/// Rows that nobody needs any more.
extension Table {
    /// Removes those of the oldest rows that meet a condition. The newest one stays, so that its id is not given again.
    /// - Parameters:
    ///   - limit: of the rows that are looked at, those with the lowest ids.
    ///   - condition: SQL, with `arguments` from `$1`.
    /// - Returns: how many it removed.
    public func removeOldest(
        atMost limit: Int, where condition: String, _ arguments: [SQLValue], in transaction: Transaction
    ) throws -> Int {
        let these = """
            FROM \(name) WHERE id IN (SELECT id FROM \(name) ORDER BY id LIMIT \(limit))
            AND id < (SELECT max(id) FROM \(name)) AND \(condition)
            """
        guard
            let last = try transaction.first("SELECT max(id) \(these)", arguments, { try $0.optionalInteger(0) }) ?? nil
        else { return 0 }
        func remove() throws -> Int { try transaction.execute("DELETE \(these)", arguments) }
        return try counts?.removeRows(upTo: last, in: transaction, remove) ?? remove()
    }
}
