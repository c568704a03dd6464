/// Whether and how a body follows the headers. Stricter than libmicrohttpd, because a gateway in front that reads a
/// body's end differently would let a client smuggle requests (RFC 9112 section 6.3).
enum Framing: Equatable {
    case none
    /// Bytes; 0 is ``none``.
    case length(Int)
    case chunked

    /// - Parameter needsHost: as HTTP/1.1 does; no version allows two.
    /// - Throws: ``BadRequest`` when two rules could apply, or one that is not understood.
    init(_ headers: HTTPHeaders, needsHost: Bool) throws(BadRequest) {
        var (lengths, codings, hosts) = ([String](), [String](), 0)
        for (name, value) in headers.fields {
            switch name.utf8.count {
            case 4 where HTTPHeaders.isSame(name, "Host"): hosts += 1
            case 14 where HTTPHeaders.isSame(name, "Content-Length"): lengths.append(value)
            case 17 where HTTPHeaders.isSame(name, "Transfer-Encoding"): codings.append(value)
            default: break
            }
        }
        guard hosts <= 1 else { throw BadRequest("There is more than one Host header") }
        guard hosts == 1 || !needsHost else { throw BadRequest("There is no Host header") }
        switch (lengths.count, codings.count) {
        case (0, 0): self = .none
        case (1, 0):
            guard let length = Self.length(lengths[0]) else { throw BadRequest("Content-Length is not a number") }
            self = length == 0 ? .none : .length(length)
        case (0, 1) where codings[0].lowercased() == "chunked": self = .chunked
        default: throw BadRequest("Content-Length and Transfer-Encoding contradict each other")
        }
    }

    private static func length(_ text: String) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }
}
