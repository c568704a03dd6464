public import Foundation

/// One request, complete with its body.
public struct HTTPRequest: Sendable {
    public var method: String
    public var target: RequestTarget
    public var headers: HTTPHeaders
    public var body: Data
    /// `X-Request-Id` of the client, or one made by the ``Middleware/trace``; empty before it.
    public var id = ""
    /// `host:port` for links when the client named no host.
    public var authority = "localhost"
    /// The route that answers; `nil` before routing.
    public internal(set) var route: Route?
    /// Why the request cannot be given to its handler; it is answered in the handler's place.
    var defect: (any HTTPFailure)?

    /// - Parameter target: path and query; one that cannot be read is answered with 400.
    public init(_ method: String, _ target: String, headers: HTTPHeaders = [:], body: Data = Data()) {
        (self.method, self.headers, self.body) = (method, headers, body)
        do { self.target = try RequestTarget(target) } catch { (self.target, defect) = (.unreadable, error) }
    }

    /// Still percent-encoded, without the query.
    public var path: String { target.path }

    /// The first value of a query item, decoded.
    public func query(_ name: String) -> String? { target.item(name) }

    /// - Throws: ``BadRequest`` with the name as field when the item is absent or empty.
    public func requiredQuery(_ name: String) throws(BadRequest) -> String {
        guard let value = query(name), !value.isEmpty else {
            throw BadRequest("A query parameter is missing", fields: [.init(name, "is missing")])
        }
        return value
    }

    /// The path segment that stands for `:name` in the pattern of the route, decoded.
    ///
    /// - Throws: ``NotFound`` when the pattern has no such name or the value is empty.
    public func parameter(_ name: String) throws(NotFound) -> String {
        guard let place = route?.place(of: name), target.segments.indices.contains(place) else { throw NotFound() }
        return target.segments[place]
    }

    /// - Throws: ``NotFound`` when the segment is not a `Value`: no such resource can exist.
    public func parameter<Value: LosslessStringConvertible>(
        _ name: String, as _: Value.Type
    ) throws(NotFound) -> Value {
        guard let value = Value(try parameter(name)) else { throw NotFound() }
        return value
    }
}
