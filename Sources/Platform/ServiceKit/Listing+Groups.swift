import HTTPServer
import Persistence

/// Lists of the rows that have a member in common.
extension Listing {
    /// So many entries from either end of such a list can be had. Counting and stepping over them costs no more than that,
    /// however many rows there are: *measured*, 0.2 ms.
    private static var reach: Int { 10_000 }

    /// One page, by id. A member that no row has is an empty list.
    /// - Throws: `BadRequest` 400 without the parameter, or for a page, size or sort that is not understood.
    func list(_ request: HTTPRequest, of group: Group, from database: Database) async throws -> HTTPResponse {
        let text = try request.requiredQuery(group.member)
        guard let value = group.value(text) else {
            throw BadRequest(
                "The query parameter \(group.member) is not valid",
                fields: [.init(group.member, "must be a whole number", rejected: text)])
        }
        let page = try resource.page(request, sortable: ["id"])
        let (found, total) = try await database.read { connection in
            let total = try table.count(where: group.column, is: value, atMost: Self.reach, in: connection)
            let places = page.offset..<min(page.offset + page.size, max(total, page.offset))
            return (
                try table.rows(
                    at: places, where: group.column, is: value, isDescending: page.isDescending, in: connection), total
            )
        }
        return try resource.list(found.map(item), page: page, total: total, keeping: (group.member, text), for: request)
    }
}

extension Listing.Group {
    var search: String { Resource.search(by: member) }

    fileprivate func value(_ text: String) -> SQLValue? { isNumber ? Int(text).map { .integer($0) } : .text(text) }
}

extension Resource {
    static func search(by member: String) -> String { "findBy" + member.prefix(1).uppercased() + member.dropFirst() }
}
