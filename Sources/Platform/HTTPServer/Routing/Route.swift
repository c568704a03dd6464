/// What a router knows of one entry in its table.
public struct Route: Sendable {
    /// `*` for an entry that answers every method.
    public let method: String
    /// Path as it was registered, with `{name}` for variable segments: the label `uri` of the metrics.
    public let template: String
    /// All methods of this path, as the header `Allow` lists them; empty where no path matched.
    public let allow: String
    private let places: [(name: String, index: Int)]

    init(method: String, pattern: String, allow: String = "") {
        (self.method, self.allow) = (method, allow)
        let segments = pattern.split(separator: "/")
        places = segments.enumerated().filter { $1.hasPrefix(":") }.map { (String($1.dropFirst()), $0) }
        template = "/" + segments.map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }.joined(separator: "/")
    }

    private init(unmatched template: String) {
        (method, self.template, allow, places) = ("*", template, "", [])
    }

    /// Stands for every path that is not in the table.
    public static let unmatched = Route(unmatched: "UNKNOWN")

    func place(of name: String) -> Int? { places.first { $0.name == name }?.index }
}
