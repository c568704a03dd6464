public import HTTPServer
public import Persistence

/// A table that is offered as a HAL resource: its list, its items and its searches.
public struct Listing<Value: Sendable>: Sendable {
    public let resource: Resource
    private let table: String
    private let rows: CountedTable
    private let columns: String
    /// Member → column, each unique and with an index.
    private let sorts: [String: String]
    private let read: @Sendable (any Row) throws -> Value
    private let item: @Sendable (Value) -> Item
    private let version: (@Sendable (Value) -> Int)?

    /// - Parameters:
    ///   - table: with an integer primary key `id`, which is the order of lists that ask for none.
    ///   - columns: as `read` expects them.
    ///   - sorts: member → column, each unique, so that the first one asked for decides.
    ///   - version: of the row, for its `ETag`; without it the tag is a hash of the answer.
    public init(
        _ resource: Resource, table: String, columns: String, sorts: [String: String],
        read: @escaping @Sendable (any Row) throws -> Value, item: @escaping @Sendable (Value) -> Item,
        version: (@Sendable (Value) -> Int)? = nil
    ) {
        (self.resource, self.table, self.columns, self.sorts) = (resource, table, columns, sorts)
        rows = CountedTable(name: table)
        (self.read, self.item, self.version) = (read, item, version)
    }

    /// Belongs behind the migrations that make the table.
    public var migration: Migration { rows.migration }

    /// One page. What it costs does not grow with the table: by id, a page is found by key; by another member, only pages
    /// near either end can be had.
    /// - Throws: `BadRequest` 400 for a page, size or sort that is not understood.
    public func list(_ request: HTTPRequest, from database: Database) async throws -> HTTPResponse {
        let page = try resource.page(request)
        let column = page.sort.first.flatMap { sorts[$0.field] } ?? "id"
        let reach = column == "id" ? Int.max : Self.reach
        let (found, total) = try await database.read { connection in
            let total = try rows.count(in: connection)
            guard page.isWithin(reach, of: total) else { throw Self.tooDeep }
            return (try values(at: page.places(of: total), of: total, by: column, in: connection), total)
        }
        let items = (page.isDescending ? found.reversed() : found).map(item)
        return try resource.list(items, page: page, total: total, reach: reach, for: request)
    }

    /// Rows that are stepped over to come to a page: *measured*, 0.2 ms.
    private static var reach: Int { 10_000 }

    private static var tooDeep: BadRequest {
        let message = "must be within \(reach) entries of the first or last one, unless the list is sorted by id"
        return BadRequest("The page is too deep in the list", fields: [.init("page", message)])
    }

    /// In ascending order.
    private func values(
        at places: Range<Int>, of total: Int, by column: String, in connection: any Connection
    ) throws -> [Value] {
        if places.isEmpty { return [] }
        let select = "SELECT \(columns) FROM \(table)"
        if column == "id" {
            let start = try rows.start(before: places.lowerBound, in: connection)
            return try connection.query(
                "\(select) WHERE id > $1 ORDER BY id LIMIT $2 OFFSET $3",
                [.integer(start.id), .integer(places.count), .integer(places.lowerBound - start.rows)], read)
        }
        if places.lowerBound <= total - places.upperBound {
            return try connection.query(
                "\(select) ORDER BY \(column) LIMIT $1 OFFSET $2",
                [.integer(places.count), .integer(places.lowerBound)], read)
        }
        return try connection.query(
            "\(select) ORDER BY \(column) DESC LIMIT $1 OFFSET $2",
            [.integer(places.count), .integer(total - places.upperBound)], read
        ).reversed()
    }

    /// The item in the path, `:id`.
    /// - Throws: `NotFound` 404.
    public func show(_ request: HTTPRequest, from database: Database) async throws -> HTTPResponse {
        let id = try request.parameter("id", as: Int.self)
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
