/// Why a request has no complete answer. An answer with an error status is an answer, not an error.
public struct HTTPClientError: Error, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The request can not be sent as it is; the program is wrong.
        case invalidRequest
        /// Name resolution, TCP or TLS failed.
        case cannotConnect
        /// The time-out of the request, or of its connection, passed.
        case timedOut
        /// The connection broke before the answer was complete.
        case connectionLost
        /// What came back is not HTTP/1.x.
        case malformedResponse
        /// Body or header block over the limit.
        case responseTooLarge
        /// More requests wait for a connection than the client allows.
        case overloaded
        /// The client was, or is being, closed.
        case closed
        case other
    }

    public var code: Code
    /// For the log: libcurl's words, with host and port, without path, headers or body.
    public var reason: String
    /// `false` only when it is certain that no byte of the request left this process, so that it can be sent again
    /// (or given up) without asking; `true` means that the server may or may not have acted on it.
    public var requestWasSent: Bool

    public var description: String { "HTTP client, \(code), request \(requestWasSent ? "" : "not ")sent: \(reason)" }

    public init(_ code: Code, _ reason: String, requestWasSent: Bool = false) {
        (self.code, self.reason, self.requestWasSent) = (code, reason, requestWasSent)
    }
}
