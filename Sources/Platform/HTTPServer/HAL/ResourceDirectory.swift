import JSONCoding

extension Router {
    /// Offers the pages by which a client finds its way: `GET /`, `GET /profile`, and for each resource
    /// `GET /profile/<plural>` and, when it has searches, `GET /<plural>/search`, which `GET /` links to. The lists
    /// themselves are not added.
    public mutating func offer(_ resources: [Resource]) {
        get("/") { request in
            request.directory(
                resources.map { ($0.plural, "/\($0.plural){?page,size,sort}", true) }
                    + resources.filter { !$0.searches.isEmpty }.map {
                        ("\($0.plural)Search", "/\($0.plural)/search", false)
                    }
                    + [("profile", "/profile", false)])
        }
        get("/profile") { request in
            request.directory(
                [("self", "/profile", false)]
                    + resources.map { ($0.plural, "/profile/\($0.plural)", false) })
        }
        for resource in resources {
            get("/profile/\(resource.plural)") { request in resource.profile(for: request) }
            guard !resource.searches.isEmpty else { continue }
            get("/\(resource.plural)/search") { request in
                request.directory(
                    resource.searches.map { ($0.name, resource.template(of: $0), true) }
                        + [("self", "/\(resource.plural)/search", false)])
            }
        }
    }
}

extension HTTPRequest {
    fileprivate func directory(_ links: [HALDocument.Target]) -> HTTPResponse { hal { $0.add(links: links) } }
}

extension Resource {
    fileprivate func template(of search: Search) -> String {
        let parameters = search.parameters.isEmpty ? "" : "{?\(search.parameters.joined(separator: ","))}"
        return "/\(plural)/search/\(search.name)\(parameters)"
    }

    /// The names of an item's members as ALPS
    /// (https://datatracker.ietf.org/doc/html/draft-amundsen-richardson-foster-alps).
    fileprivate func profile(for request: HTTPRequest) -> HTTPResponse {
        let body = JSONObject.text {
            $0.add("alps") { alps in
                alps.add("version", "1.0")
                alps.add("descriptor", for: [self]) { descriptor, resource in
                    descriptor.add("id", "\(resource.singular)-representation")
                    descriptor.add("href", "\(request.baseURL)/profile/\(resource.plural)")
                    descriptor.add("descriptor", for: resource.fields) { member, field in
                        member.add("name", field)
                        member.add("type", "SEMANTIC")
                    }
                }
            }
        }
        return HTTPResponse(status: 200, headers: [("Content-Type", "application/alps+json")], body: body)
    }
}
