import JSONCoding

/// What HAL (https://datatracker.ietf.org/doc/html/draft-kelly-json-hal-11) adds to an object.
struct HALDocument {
    typealias Target = (rel: String, path: String, templated: Bool)

    let json: JSONObject
    /// Of the links, from ``HTTPRequest/baseURL``.
    let base: String

    /// The members of the body, then `_links`.
    /// - Throws: `EncodingError` when the body is no object; what it throws.
    func add(_ item: Item, of resource: Resource) throws {
        try json.add(membersOf: item.body)
        let href = base + resource.path(of: item.id)
        json.add("_links") { links in
            links.link("self", href)
            links.link(resource.singular, href)
            for link in item.links {
                links.link(link.rel, link.path.hasPrefix("/") ? base + link.path : "\(href)/\(link.path)")
            }
        }
    }

    /// `_embedded`, with the items under the plural.
    func add(embedded items: [Item], of resource: Resource) throws {
        try json.add("_embedded") { embedded in
            try embedded.add(resource.plural, for: items) {
                try HALDocument(json: $0, base: base).add($1, of: resource)
            }
        }
    }

    /// `_links`; each target is a path from the root of the service.
    func add(links targets: [Target]) {
        json.add("_links") { links in
            for target in targets { links.link(target.rel, base + target.path, templated: target.templated) }
        }
    }
}

extension JSONObject {
    fileprivate func link(_ rel: String, _ href: String, templated: Bool = false) {
        add(rel) {
            $0.add("href", href)
            if templated { $0.add("templated", true) }
        }
    }
}

extension HTTPRequest {
    /// The answer with the document that `write` fills.
    func hal(status: Int = 200, _ write: (HALDocument) throws -> Void) rethrows -> HTTPResponse {
        let base = baseURL
        return HTTPResponse(
            status: status, headers: [("Content-Type", MediaType.preferred(accept: headers["Accept"]))],
            body: try JSONObject.text { try write(HALDocument(json: $0, base: base)) })
    }
}
