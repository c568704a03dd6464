import Foundation
import JSONCoding
import Telemetry

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
    fileprivate func directory(_ links: [(rel: String, path: String, templated: Bool)]) -> HTTPResponse {
        var document = HALDocument(base: baseURL, capacity: 512)
        document.append("{")
        document.append(links: links)
        document.append("}")
        return document.response(for: self)
    }
}

extension Resource {
    fileprivate func template(of search: Search) -> String {
        let parameters = search.parameters.isEmpty ? "" : "{?\(search.parameters.joined(separator: ","))}"
        return "/\(plural)/search/\(search.name)\(parameters)"
    }

    /// The names of an item's members as ALPS
    /// (https://datatracker.ietf.org/doc/html/draft-amundsen-richardson-foster-alps).
    fileprivate func profile(for request: HTTPRequest) -> HTTPResponse {
        let members = fields.map { #"{"name":\#(JSONText.quoted($0)),"type":"SEMANTIC"}"# }.joined(separator: ",")
        let id = JSONText.quoted("\(singular)-representation")
        let href = JSONText.quoted("\(request.baseURL)/profile/\(plural)")
        let text =
            #"{"alps":{"version":"1.0","descriptor":[{"id":\#(id),"href":\#(href),"descriptor":[\#(members)]}]}}"#
        return HTTPResponse(
            status: 200, headers: [("Content-Type", "application/alps+json")], body: Data(text.utf8))
    }
}
