public import HTTPServer
public import Persistence

/// A table that is offered as a HAL resource: its list, its items and its searches.
public struct Listing<Value: Sendable>: Sendable {
    public let resource: Resource
    private let table: String
    private let columns: String
    /// Member → column, each with an index.
    private let sorts: [String: String]
    private let read: @Sendable (any Row) throws -> Value
    private let item: @Sendable (Value) -> Item
    private let version: (@Sendable (Value) -> Int)?

    /// - Parameters:
    ///   - table: with an integer primary key `id`, which is the order of lists that ask for none.
    ///   - columns: as `read` expects them.
    ///   - version: of the row, for its `ETag`; without it the tag is a hash of the answer.
    public init(
        _ resource: Resource, table: String, columns: String, sorts: [String: String],
        read: @escaping @Sendable (any Row) throws -> Value, item: @escaping @Sendable (Value) -> Item,
        version: (@Sendable (Value) -> Int)? = nil
    ) {
        (self.resource, self.table, self.columns, self.sorts) = (resource, table, columns, sorts)
        (self.read, self.item, self.version) = (read, item, version)
    }

    /// One page, paged and sorted by the database.
    /// - Throws: `BadRequest` 400 for a page, size or sort that is not understood.
    public func list(_ request: HTTPRequest, from database: Database) async throws -> HTTPResponse {
        let page = try resource.page(request)
        let order = page.sort.compactMap { sort in
            sorts[sort.field].map { "\($0)\(sort.descending ? " DESC" : ""), " }
        }.joined()
        let (values, total) = try await database.read { connection in
            let total = try connection.first("SELECT count(*) FROM \(table)") { $0.int(0) } ?? 0
            let values = try connection.query(
                "SELECT \(columns) FROM \(table) ORDER BY \(order)id LIMIT $1 OFFSET $2",
                [.int(page.size), .int(page.offset)], read)
            return (values, total)
        }
        return try resource.list(values.map(item), page: page, total: total, for: request)
    }

    /// The item in the path, `:id`.
    /// - Throws: `NotFound` 404.
    public func show(_ request: HTTPRequest, from database: Database) async throws -> HTTPResponse {
        let id = try request.parameter("id", as: Int64.self)
        return try await one(request, from: database, where: "id", .integer(id))
    }

    /// The item whose `column` has the value of the query parameter `parameter`.
    /// - Throws: `BadRequest` 400 without the parameter; `NotFound` 404.
    public func find(
        _ request: HTTPRequest, by column: String, _ parameter: String, from database: Database
    ) async throws -> HTTPResponse {
        try await one(request, from: database, where: column, .text(request.requiredQuery(parameter)))
    }

    /// - Parameter status: 201 adds `Location`.
    public func answer(_ value: Value, to request: HTTPRequest, status: Int = 200) throws -> HTTPResponse {
        let response = try resource.one(item(value), for: request, status: status)
        let tag = version.map { EntityTag(version: $0(value)) } ?? EntityTag(hashOf: response.body)
        return response.tagged(tag, for: request)
    }

    private func one(
        _ request: HTTPRequest, from database: Database, where column: String, _ key: SQLValue
    ) async throws -> HTTPResponse {
        let value = try await database.read { connection in
            try connection.first("SELECT \(columns) FROM \(table) WHERE \(column) = $1", [key], read)
        }
        guard let value else { throw NotFound("There is no such \(resource.singular)") }
        return try answer(value, to: request)
    }
}

extension Router {
    /// The list and the items of a resource: `GET /<plural>` and `GET /<plural>/:id`.
    public mutating func offer<Value>(_ listing: Listing<Value>, from database: Database) {
        let plural = listing.resource.plural
        get("/\(plural)") { try await listing.list($0, from: database) }
        get("/\(plural)/:id") { try await listing.show($0, from: database) }
    }
}
