import Foundation

extension Resource {
    /// - Throws: ``BadRequest`` for a page, size or sort that is malformed or names another field than ``sortable``.
    public func page(_ request: HTTPRequest) throws(BadRequest) -> PageRequest {
        try PageRequest(request.target, sortable: sortable)
    }

    /// One item. With status 201 or 202 the response has its `Location`, and no body where the client says
    /// `Prefer: return=minimal` (RFC 7240 section 4.2).
    public func one(_ item: Item, for request: HTTPRequest, status: Int = 200) throws -> HTTPResponse {
        let base = request.baseURL
        if status != 200, request.headers["Prefer"] == "return=minimal" {
            return HTTPResponse(
                status: status,
                headers: [("Location", base + path(of: item.id)), ("Preference-Applied", "return=minimal")])
        }
        var document = HALDocument(base: base, capacity: 1024)
        try document.append(item, of: self)
        let response = document.response(for: request, status: status)
        return status == 201 || status == 202 ? response.with("Location", base + path(of: item.id)) : response
    }

    /// One page of the list.
    ///
    /// - Parameters:
    ///   - total: number of items on all pages.
    ///   - reach: places from either end behind which no page can be had, so that no link leads there.
    public func list(
        _ items: [Item], page: PageRequest, total: Int, reach: Int = .max, for request: HTTPRequest
    ) throws -> HTTPResponse {
        var document = HALDocument(base: request.baseURL, capacity: 512 + items.count * 512)
        try document.append(embedded: items, of: self)
        document.append(",")
        document.append(links: links(page, total, reach, request))
        let pages = (total + page.size - 1) / page.size
        document.append(
            #","page":{"size":\#(page.size),"totalElements":\#(total),"totalPages":\#(pages),"number":\#(page.page)}}"#)
        return document.response(for: request)
    }

    /// Everything that a search found, without pages.
    public func found(_ items: [Item], for request: HTTPRequest) throws -> HTTPResponse {
        var document = HALDocument(base: request.baseURL, capacity: 512 + items.count * 512)
        try document.append(embedded: items, of: self)
        document.append(",")
        document.append(links: [("self", request.selfPath, false)])
        document.append("}")
        return document.response(for: request)
    }

    private func links(
        _ page: PageRequest, _ total: Int, _ reach: Int, _ request: HTTPRequest
    ) -> [(rel: String, path: String, templated: Bool)] {
        let last = max(0, (total - 1) / page.size)
        func link(_ rel: String, to number: Int) -> [(rel: String, path: String, templated: Bool)] {
            var other = page
            other.page = number
            guard last > 0, other.isWithin(reach, of: total) else { return [] }
            return [(rel, "\(request.path)?page=\(number)&size=\(page.size)\(page.sortQuery)", false)]
        }
        return link("first", to: 0) + [("self", request.selfPath, false)]
            + (page.page > 0 ? link("prev", to: min(page.page - 1, last)) : [])
            + (page.page < last ? link("next", to: page.page + 1) : [])
            + link("last", to: last) + [("profile", "/profile/\(plural)", false)]
    }
}

extension HTTPRequest {
    /// Path and query as the client sent them.
    var selfPath: String { target.query.isEmpty ? path : "\(path)?\(target.query)" }
}

extension PageRequest {
    fileprivate var sortQuery: String {
        sort.map { "&sort=\(Percent.encode($0.field)),\($0.descending ? "desc" : "asc")" }.joined()
    }
}

extension HALDocument {
    func response(for request: HTTPRequest, status: Int = 200) -> HTTPResponse {
        let type = MediaType.preferred(accept: request.headers["Accept"])
        return HTTPResponse(status: status, headers: [("Content-Type", type)], body: bytes)
    }
}
