public import Foundation

/// One HTTP/1.1 request to an absolute `http` or `https` URL.
public struct ClientRequest: Sendable {
    public enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        case options = "OPTIONS"

        /// RFC 9110 section 9.2.2.
        var isIdempotent: Bool { self != .post && self != .patch }
    }

    public var method: Method
    /// Sent as it is: already percent-encoded, and without a fragment.
    public var url: String
    /// Sent in this order. `traceparent` is added from `Cause.current` unless it is already here.
    public var headers: [(name: String, value: String)]
    /// `nil` sends no body; the media type is the caller's to state in `headers`.
    public var body: Data?
    /// From `send` to the last byte of the answer, queueing and connecting included; `nil` takes the client's default.
    public var timeout: Duration?
    /// Whether the request may be sent once more, by itself, when a kept-alive connection breaks before any answer.
    ///
    /// `nil` follows the method. Say `true` on a POST that carries an idempotency key.
    public var isIdempotent: Bool?

    public init(
        _ method: Method, _ url: String, headers: [(name: String, value: String)] = [], body: Data? = nil,
        timeout: Duration? = nil, isIdempotent: Bool? = nil
    ) {
        (self.method, self.url, self.headers) = (method, url, headers)
        (self.body, self.timeout, self.isIdempotent) = (body, timeout, isIdempotent)
    }

    var mayRepeat: Bool { isIdempotent ?? method.isIdempotent }

    /// Scheme and authority of the URL, in the spelling of the caller: the key of the per-host limit.
    ///
    /// - Throws: ``HTTPClientError`` for what libcurl would cut, or a server read as more than one header (RFC 9112
    ///   section 11.1): blanks and control characters in the URL or a name, control characters in a value.
    func checkedOrigin() throws(HTTPClientError) -> String {
        for (name, value) in headers {
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ":") }) else {
                throw HTTPClientError(.invalidRequest, "a header name is malformed")
            }
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == UInt8(ascii: "\t") }) else {
                throw HTTPClientError(.invalidRequest, "the value of the header \(name) has control characters")
            }
        }
        let text = url.utf8
        let scheme = text.starts(with: "http://".utf8) ? 7 : text.starts(with: "https://".utf8) ? 8 : 0
        guard scheme > 0 else { throw HTTPClientError(.invalidRequest, "the URL is not http:// or https://") }
        guard text.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw HTTPClientError(.invalidRequest, "the URL has blanks or control characters")
        }
        let authority = text.dropFirst(scheme)
        let end = authority.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? text.endIndex
        guard end > authority.startIndex else { throw HTTPClientError(.invalidRequest, "the URL names no host") }
        return String(url[..<end])
    }
}
