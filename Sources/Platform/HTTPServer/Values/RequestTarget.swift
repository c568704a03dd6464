/// What stands between method and version in the request line, taken apart.
public struct RequestTarget: Sendable {
    /// As the client sent it, still percent-encoded, without the query.
    public let path: String
    /// As the client sent it, without `?`; empty when there is none.
    public let query: String
    /// The path between its slashes, decoded. A slash at the end makes no segment.
    public let segments: [String]

    /// Accepts origin form, absolute form (its authority is dropped) and `*` (RFC 9112 section 3.2).
    ///
    /// - Throws: ``BadRequest`` for any other form, for blanks and control characters, for broken percent encoding, and
    ///   for bytes that are not UTF-8 text.
    public init(_ text: String) throws(BadRequest) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw BadRequest("The request target has a blank or a control character")
        }
        let origin = try Self.originForm(text)
        if let mark = origin.utf8.firstIndex(of: UInt8(ascii: "?")) {
            (path, query) = (String(origin[..<mark]), String(origin[origin.utf8.index(after: mark)...]))
        } else {
            (path, query) = (String(origin), "")
        }
        var decoded: [String] = []
        for part in path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            decoded.append(try Percent.decode(Substring(part)))
        }
        if decoded.last == "" { decoded.removeLast() }
        segments = decoded
        if query.utf8.contains(UInt8(ascii: "%")) {
            for item in query.split(separator: "&") { _ = try Percent.decode(item) }
        }
    }

    /// Stands in for a target that could not be read.
    private init() { (path, query, segments) = ("/", "", []) }
    static let unreadable = RequestTarget()

    private static func originForm(_ text: String) throws(BadRequest) -> Substring {
        if text.utf8.first == UInt8(ascii: "/") || text == "*" { return text[...] }
        for scheme in ["http://", "https://"] where text.lowercased().hasPrefix(scheme) {
            let rest = text.dropFirst(scheme.count)
            return rest.firstIndex(where: { $0 == "/" }).map { rest[$0...] } ?? "/"
        }
        throw BadRequest("The request target must start with a slash")
    }

    /// The first value of the query item, decoded; `nil` when absent, empty for `?name` and `?name=`.
    public func item(_ name: String) -> String? {
        query.isEmpty ? nil : items.first { $0.name == name }?.value
    }

    /// All query items in order, decoded.
    public var items: [(name: String, value: String)] {
        query.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Percent.form(parts[0]), parts.count > 1 ? Percent.form(parts[1]) : "")
        }
    }
}
