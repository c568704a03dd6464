public import Foundation
import JSONCoding

/// What goes back to the client. The server adds `Date`, `Content-Length` and, where it applies, `Connection`.
public struct HTTPResponse: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: Data
    /// The error behind a 5xx, for the log; never sent.
    public var cause: (any Error)?

    public init(status: Int, headers: [(name: String, value: String)] = [], body: Data = Data()) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    public static let noContent = HTTPResponse(status: 204)

    public static func json(
        _ value: some Encodable, status: Int = 200, contentType: String = "application/json"
    ) throws -> HTTPResponse {
        HTTPResponse(status: status, headers: [("Content-Type", contentType)], body: try JSONCoder.encode(value))
    }

    public static func text(_ text: String, contentType: String = "text/plain; charset=utf-8") -> HTTPResponse {
        HTTPResponse(status: 200, headers: [("Content-Type", contentType)], body: Data(text.utf8))
    }

    /// The first value of the field.
    public func header(_ name: String) -> String? {
        headers.first { HTTPHeaders.isSame($0.name, name) }?.value
    }

    /// The same response with one more field.
    public func with(_ name: String, _ value: String) -> HTTPResponse {
        var response = self
        response.headers.append((name, value))
        return response
    }
}
