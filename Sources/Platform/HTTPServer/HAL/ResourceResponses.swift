import JSONCoding

extension Resource {
    /// - Parameter sortable: ``sortable`` unless told.
    /// - Throws: ``BadRequest`` for a page, size or sort that is malformed or names another field than `sortable`.
    public func page(_ request: HTTPRequest, sortable: Set<String>? = nil) throws(BadRequest) -> PageRequest {
        try PageRequest(request.target, sortable: sortable ?? self.sortable)
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
        let response = try request.hal(status: status) { try $0.add(item, of: self) }
        return status == 201 || status == 202 ? response.with("Location", base + path(of: item.id)) : response
    }

    /// One page of the list.
    ///
    /// - Parameters:
    ///   - total: number of items on all pages.
    ///   - reach: places from either end behind which no page can be had, so that no link leads there.
    ///   - search: the query parameter that says what the list is of, for the links to other pages.
    public func list(
        _ items: [Item], page: PageRequest, total: Int, reach: Int = .max, keeping search: (String, String)? = nil,
        for request: HTTPRequest
    ) throws -> HTTPResponse {
        let kept = search.map { "\(Percent.encode($0))=\(Percent.encode($1))&" } ?? ""
        return try request.hal { document in
            try document.add(embedded: items, of: self)
            document.add(links: links(page, total, reach, kept, request))
            document.json.add("page") {
                $0.add("size", page.size)
                $0.add("totalElements", total)
                $0.add("totalPages", (total + page.size - 1) / page.size)
                $0.add("number", page.page)
            }
        }
    }

    /// Everything that a search found, without pages.
    public func found(_ items: [Item], for request: HTTPRequest) throws -> HTTPResponse {
        try request.hal { document in
            try document.add(embedded: items, of: self)
            document.add(links: [("self", request.selfPath, false)])
        }
    }

    private func links(
        _ page: PageRequest, _ total: Int, _ reach: Int, _ kept: String, _ request: HTTPRequest
    ) -> [HALDocument.Target] {
        let last = max(0, (total - 1) / page.size)
        func link(_ rel: String, to number: Int) -> [HALDocument.Target] {
            var other = page
            other.page = number
            guard last > 0, other.isWithin(reach, of: total) else { return [] }
            return [(rel, "\(request.path)?\(kept)page=\(number)&size=\(page.size)\(page.sortQuery)", false)]
        }
        return link("first", to: 0) + [("self", request.selfPath, false)]
            + (page.page > 0 ? link("prev", to: min(page.page - 1, last)) : [])
            + (page.page < last ? link("next", to: page.page + 1) : [])
            + link("last", to: last) + [("profile", "/profile/\(plural)", false)]
    }
}

extension HTTPRequest {
    /// A document that is no item of a resource: its members, and `_links` to itself and elsewhere.
    public func document(_ body: any Encodable & Sendable, links: [Link] = []) throws -> HTTPResponse {
        try hal { document in
            try document.json.add(membersOf: body)
            document.add(links: [("self", selfPath, false)] + links.map { ($0.rel, $0.path, false) })
        }
    }

    /// Path and query as the client sent them.
    var selfPath: String { target.query.isEmpty ? path : "\(path)?\(target.query)" }
}

extension PageRequest {
    fileprivate var sortQuery: String {
        sort.map { "&sort=\(Percent.encode($0.field)),\($0.descending ? "desc" : "asc")" }.joined()
    }
}
