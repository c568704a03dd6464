/// An error that knows how HTTP answers it. Any other error is answered with a bare 500; only the log sees why.
public protocol HTTPFailure: Error {
    var problem: Problem { get }
}

/// 400: the request cannot be understood; repeating it unchanged is useless.
public struct BadRequest: HTTPFailure {
    public var problem: Problem
    public init(_ detail: String, fields: [Problem.Field] = []) { problem = Problem(400, detail, fields: fields) }
}

/// 404: nothing is at this path.
public struct NotFound: HTTPFailure {
    public var problem: Problem
    public init(_ detail: String = "There is nothing at this address") { problem = Problem(404, detail) }
}

/// 405: the path exists, but not for this method.
public struct MethodNotAllowed: HTTPFailure {
    public var problem: Problem
    public init(allow: String) {
        problem = Problem(405, "This method is not offered here", headers: [("Allow", allow)])
    }
}

/// 409: the state of the resource does not allow it now.
public struct Conflict: HTTPFailure {
    public var problem: Problem
    public init(_ detail: String) { problem = Problem(409, detail) }
}

/// 412: the resource is not in the version that the client expects.
public struct PreconditionFailed: HTTPFailure {
    public var problem: Problem
    public init(_ detail: String = "The resource has changed since it was read") { problem = Problem(412, detail) }
}

/// 413: the body is longer than the server accepts.
public struct ContentTooLarge: HTTPFailure {
    public var problem: Problem
    /// - Parameter limit: in bytes.
    public init(limit: Int) { problem = Problem(413, "The body is longer than \(limit) bytes") }
}

/// 415: the body is of another type than JSON.
public struct UnsupportedMediaType: HTTPFailure {
    public var problem: Problem
    public init() { problem = Problem(415, "Send application/json", headers: [("Accept", "application/json")]) }
}

/// 422: well-formed, but some members have no acceptable value.
public struct InvalidFields: HTTPFailure {
    public var problem: Problem
    public init(_ fields: [Problem.Field], _ detail: String = "Some fields are not valid") {
        problem = Problem(422, detail, fields: fields)
    }
}

/// 503: not now; the same request may succeed later.
public struct ServiceUnavailable: HTTPFailure {
    public var problem: Problem
    /// - Parameter retryAfter: seconds.
    public init(_ detail: String = "Please try again in a moment", retryAfter: Int) {
        problem = Problem(503, detail, headers: [("Retry-After", "\(retryAfter)")])
    }
}

extension HTTPResponse {
    /// The answer to an error, with the error kept for the log when the server is at fault. Handlers throw instead,
    /// unless what they have stored must stay.
    public init(answering error: any Error, path: String) {
        let problem = (error as? any HTTPFailure)?.problem ?? Problem(500)
        self = problem.response(path: path)
        if status >= 500 { cause = error }
    }
}
