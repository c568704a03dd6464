/// What a client may find under `/<plural>`: the names that links, lists and searches are made of.
public struct Resource: Sendable {
    /// A query beside the list, offered at `/<plural>/search/<name>`.
    public struct Search: Sendable {
        public let name: String
        /// Names of its query parameters.
        public let parameters: [String]

        public init(_ name: String, _ parameters: String...) { (self.name, self.parameters) = (name, parameters) }
    }

    public let plural: String
    public let singular: String
    /// Members of an item, for `/profile/<plural>`.
    public let fields: [String]
    /// Members that `?sort=` accepts.
    public let sortable: Set<String>
    public let searches: [Search]

    public init(
        _ plural: String, of singular: String, fields: [String] = [], sortable: Set<String> = [],
        searches: [Search] = []
    ) {
        (self.plural, self.singular, self.fields) = (plural, singular, fields)
        (self.sortable, self.searches) = (sortable, searches)
    }

    public func path(of id: String) -> String { "/\(plural)/\(Percent.encode(id))" }
}

/// One entry of a resource as it goes over the wire.
public struct Item: Sendable {
    /// Stands in the links only.
    public let id: String
    public let body: any Encodable & Sendable
    /// Beside `self` and the singular name; the commands that are legal now belong here.
    public let links: [Link]

    public init(id: String, _ body: any Encodable & Sendable, links: [Link] = []) {
        (self.id, self.body, self.links) = (id, body, links)
    }
}

/// One entry of `_links`.
public struct Link: Sendable {
    public let rel: String
    let path: String

    private init(_ rel: String, path: String) { (self.rel, self.path) = (rel, path) }

    /// `<item>/<name>`, with the name as relation.
    public static func command(_ name: String) -> Link { Link(name, path: name) }

    /// - Parameter path: from the root of this service, with its slash; segments are percent-encoded by the caller.
    public static func to(_ rel: String, _ path: String) -> Link { Link(rel, path: path) }
}
