/// A route with its handler and the handler inside all middlewares.
struct Endpoint: Sendable {
    let route: Route
    private let handler: Handler
    private(set) var respond: Responder

    init(_ route: Route, _ middlewares: [Middleware], _ handler: @escaping Handler) {
        (self.route, self.handler) = (route, handler)
        respond = Self.compose(route, middlewares, handler)
    }

    mutating func wrap(in middlewares: [Middleware]) { respond = Self.compose(route, middlewares, handler) }

    private static func compose(
        _ route: Route, _ middlewares: [Middleware], _ handler: @escaping Handler
    ) -> Responder {
        let answer: Responder = { request in
            do {
                if let defect = request.defect { throw defect }
                return try await handler(request)
            } catch {
                return HTTPResponse(answering: error, path: request.path)
            }
        }
        return middlewares.reversed().reduce(answer) { inner, middleware in middleware.wrap(route, inner) }
    }
}
