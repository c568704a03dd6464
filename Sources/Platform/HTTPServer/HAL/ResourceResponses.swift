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
    /// - Parameter total: number of items on all pages.
    public func list(
        _ items: [Item], page: PageRequest, total: Int, for request: HTTPRequest
    ) throws -> HTTPResponse {
        var document = HALDocument(base: request.baseURL, capacity: 512 + items.count * 512)
        try document.append(embedded: items, of: self)
        document.append(",")
        document.append(links: links(page, total, request))
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
        _ page: PageRequest, _ total: Int, _ request: HTTPRequest
    ) -> [(rel: String, path: String, templated: Bool)] {
        var links = [("self", request.selfPath, false)]
        let last = max(0, (total - 1) / page.size)
        if last > 0 {
            let path = { (number: Int) in "\(request.path)?page=\(number)&size=\(page.size)\(page.sortQuery)" }
            links.insert(("first", path(0), false), at: 0)
            if page.page > 0 { links.append(("prev", path(min(page.page - 1, last)), false)) }
            if page.page < last { links.append(("next", path(page.page + 1), false)) }
            links.append(("last", path(last), false))
        }
        links.append(("profile", "/profile/\(plural)", false))
        return links
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
