/// The table of what a service answers.
///
/// An unknown path is answered with 404, a known one with another method with 405 and `Allow`; `HEAD` runs the handler
/// of `GET` (the server sends no body then); `OPTIONS` answers 200 with `Allow`.
public struct Router: Sendable {
    private var tree = RouteTree()
    private var middlewares: [Middleware] = []
    private var unmatched = Endpoint(.unmatched, []) { _ in throw NotFound() }

    public init() {}

    /// - Parameter path: fixed segments and `:name` for variable ones, for example `/things/:id/parts`.
    public mutating func get(_ path: String, _ handler: @escaping Handler) { on("GET", path, handler) }
    public mutating func post(_ path: String, _ handler: @escaping Handler) { on("POST", path, handler) }
    public mutating func put(_ path: String, _ handler: @escaping Handler) { on("PUT", path, handler) }
    public mutating func patch(_ path: String, _ handler: @escaping Handler) { on("PATCH", path, handler) }
    public mutating func delete(_ path: String, _ handler: @escaping Handler) { on("DELETE", path, handler) }

    public mutating func on(_ method: String, _ path: String, _ handler: @escaping Handler) {
        let middlewares = middlewares
        tree.update(tree.node(of: path)) { node in
            precondition(!node.endpoints.contains { $0.route.method == method }, "\(method) \(path) is routed twice")
            node.endpoints.append(Endpoint(Route(method: method, pattern: path), middlewares, handler))
            let allow = node.allow
            node.otherMethods = Endpoint(Route(method: "*", pattern: path, allow: allow), middlewares) { _ in
                throw MethodNotAllowed(allow: allow)
            }
            node.options = Endpoint(Route(method: "OPTIONS", pattern: path, allow: allow), middlewares) { _ in
                HTTPResponse(status: 200, headers: [("Allow", allow)])
            }
        }
    }

    /// Gives everything below the first segment `path` the handlers of `original`; both have one segment.
    public mutating func alias(_ path: String, for original: String) {
        tree.alias(String(path.drop { $0 == "/" }), for: String(original.drop { $0 == "/" }))
    }

    /// Puts all routes, also those that come later, into these middlewares; the first one is the outermost.
    public mutating func use(_ more: Middleware...) {
        middlewares += more
        let middlewares = middlewares
        unmatched.wrap(in: middlewares)
        tree.updateAll { node in
            for index in node.endpoints.indices { node.endpoints[index].wrap(in: middlewares) }
            node.otherMethods?.wrap(in: middlewares)
            node.options?.wrap(in: middlewares)
        }
    }

    /// Answers the request, without a socket. Errors have become problems.
    public func respond(to request: HTTPRequest) async -> HTTPResponse {
        let endpoint = endpoint(for: request)
        var request = request
        request.route = endpoint.route
        return await endpoint.respond(request)
    }

    private func endpoint(for request: HTTPRequest) -> Endpoint {
        guard let node = tree.find(request.target.segments), request.target.path != "*" else { return unmatched }
        for endpoint in tree.nodes[node].endpoints where endpoint.route.method == request.method { return endpoint }
        return substitute(for: request.method, tree.nodes[node])
    }

    private func substitute(for method: String, _ node: RouteTree.Node) -> Endpoint {
        switch method {
        case "HEAD": return node.endpoints.first { $0.route.method == "GET" } ?? node.otherMethods ?? unmatched
        case "OPTIONS": return node.options ?? unmatched
        default: return node.otherMethods ?? unmatched
        }
    }
}
