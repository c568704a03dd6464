/// Answers a request and never fails: errors have become problems.
public typealias Responder = @Sendable (HTTPRequest) async -> HTTPResponse

/// What a service writes: an error becomes the answer that ``HTTPFailure`` says, or 500.
public typealias Handler = @Sendable (HTTPRequest) async throws -> HTTPResponse

/// A responder made of another one.
///
/// `wrap` runs once per route, when the table is built, so a middleware can prepare there what is the same for all
/// requests of the route.
public struct Middleware: Sendable {
    let wrap: @Sendable (Route, @escaping Responder) -> Responder

    public init(_ wrap: @escaping @Sendable (Route, @escaping Responder) -> Responder) { self.wrap = wrap }
}
