public import Foundation

/// The version of a resource as `ETag`, `If-Match` and `If-None-Match` carry it (RFC 9110 section 8.8.3). Strong.
public struct EntityTag: Sendable, Equatable, CustomStringConvertible {
    /// With its quotes.
    public let description: String

    public init(version: Int) { description = "\"\(version)\"" }
    public init(hashOf body: Data) { description = "\"\(Fingerprint.of([body]))\"" }

    /// Whether a list of tags, or `*`, names this one. A weak tag is equal to no strong one unless `weakly`.
    fileprivate func isIn(_ list: String, weakly: Bool) -> Bool {
        list.split(separator: ",").contains { entry in
            let entry = entry.trimmingSpaces
            if entry == "*" { return true }
            return entry == description || (weakly && entry.hasPrefix("W/") && entry.dropFirst(2) == description)
        }
    }
}

extension HTTPRequest {
    /// Checks the preconditions of a change. Call it with the version that the change is about to replace, inside the
    /// same transaction.
    ///
    /// - Parameter current: `nil` when the resource does not exist.
    /// - Throws: ``PreconditionFailed`` (412).
    public func requireMatch(_ current: EntityTag?) throws(PreconditionFailed) {
        let expected = headers.all("If-Match")
        if !expected.isEmpty {
            guard let current, expected.contains(where: { current.isIn($0, weakly: false) }) else {
                throw PreconditionFailed()
            }
        }
        if let current, headers.all("If-None-Match").contains(where: { current.isIn($0, weakly: true) }) {
            throw PreconditionFailed("The resource exists already in this version")
        }
    }
}

extension HTTPResponse {
    /// The response with its `ETag`; 304 without a body when a `GET` or `HEAD` says that the client has this version.
    public func tagged(_ tag: EntityTag, for request: HTTPRequest) -> HTTPResponse {
        var response = self
        response.headers.append(("ETag", tag.description))
        guard request.method == "GET" || request.method == "HEAD", status == 200 else { return response }
        guard request.headers.all("If-None-Match").contains(where: { tag.isIn($0, weakly: true) }) else {
            return response
        }
        response.headers.removeAll { HTTPHeaders.isSame($0.name, "Content-Type") }
        (response.status, response.body) = (304, Data())
        return response
    }
}
