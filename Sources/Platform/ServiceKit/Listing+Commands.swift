public import Events
public import HTTPServer
public import Messaging
public import Persistence

/// How HTTP commands meet the rows of a resource.
extension Listing {
    /// Enters a new row, once for each `Idempotency-Key`.
    /// - Returns: 201.
    public func enter(
        _ request: HTTPRequest, in database: Database, _ make: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> HTTPResponse {
        try await database.write { transaction in
            try Idempotency.once(request, in: transaction) {
                try answer(try make(transaction), to: request, status: 201)
            }
        }
    }
}

extension Listing where Value: Versioned {
    /// Loads the row that the path names with `:id`, for a command that will change it.
    /// - Throws: `NotFound` 404; 412 when it is not the version that the client has seen (`If-Match`).
    public func require(_ request: HTTPRequest, in transaction: Transaction) throws -> Value {
        let id = try request.parameter("id", as: Int.self)
        let value = try table.find(id: id, in: transaction) ?? missing()
        try request.requireMatch(EntityTag(version: value.version))
        return value
    }
}

extension Listing where Value: Aggregate {
    /// Carries out a command on the aggregate that the path names.
    /// - Returns: 200 with the aggregate as it is then.
    /// - Throws: what ``require(_:in:)`` and `command` throw; 409 for an illegal move.
    public func command(
        _ request: HTTPRequest, on repository: Repository<Value>, in database: Database,
        _ command: @escaping @Sendable (inout Value, Transaction) throws -> [any Event]
    ) async throws -> HTTPResponse {
        let changed = try await database.write { transaction in
            let aggregate = try require(request, in: transaction)
            return try repository.update(aggregate, in: transaction) { try command(&$0, transaction) }
        }
        return try answer(changed, to: request)
    }

}
