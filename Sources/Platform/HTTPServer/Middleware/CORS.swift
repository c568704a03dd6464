/// Which web pages of other origins may call this service (https://fetch.spec.whatwg.org/#http-cors-protocol).
public struct CORSPolicy: Sendable {
    /// `*` stands for all.
    public var origins: [String] = ["*"]
    /// Lets pages send cookies; the origin is then echoed, because `*` is not allowed with credentials.
    public var allowsCredentials = true
    /// Seconds a browser may remember the answer to a preflight.
    public var maxAge = 1800
    public var exposedHeaders = "Location, ETag, Retry-After, X-Request-Id"

    public init() {}

    fileprivate func allows(_ origin: String) -> Bool { origins.contains("*") || origins.contains(origin) }

    fileprivate var sendsWildcard: Bool { origins.contains("*") && !allowsCredentials }
}

extension Middleware {
    /// Adds the CORS headers and answers preflights: 200, or 403 for an origin that is not allowed.
    public static func cors(_ policy: CORSPolicy = CORSPolicy()) -> Middleware {
        Middleware { route, next in
            { request in
                guard let origin = request.headers["Origin"] else { return varied(await next(request)) }
                let preflight = request.method == "OPTIONS" ? request.headers["Access-Control-Request-Method"] : nil
                guard policy.allows(origin) else {
                    if preflight == nil { return varied(await next(request)) }
                    return varied(Problem(403, "This origin is not allowed").response(path: request.path))
                }
                var response = await next(request)
                if preflight != nil { response.headers += permissions(policy, route, request) }
                response.headers.append(("Access-Control-Allow-Origin", policy.sendsWildcard ? "*" : origin))
                if policy.allowsCredentials { response.headers.append(("Access-Control-Allow-Credentials", "true")) }
                response.headers.append(("Access-Control-Expose-Headers", policy.exposedHeaders))
                return varied(response)
            }
        }
    }

    private static func permissions(
        _ policy: CORSPolicy, _ route: Route, _ request: HTTPRequest
    ) -> [(name: String, value: String)] {
        var headers = [("Access-Control-Allow-Methods", route.allow), ("Access-Control-Max-Age", "\(policy.maxAge)")]
        if let asked = request.headers["Access-Control-Request-Headers"] {
            headers.append(("Access-Control-Allow-Headers", asked))
        }
        return headers
    }

    private static let vary: [(name: String, value: String)] = [
        ("Vary", "Origin"), ("Vary", "Access-Control-Request-Method"), ("Vary", "Access-Control-Request-Headers"),
    ]

    private static func varied(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        response.headers += vary
        return response
    }
}
