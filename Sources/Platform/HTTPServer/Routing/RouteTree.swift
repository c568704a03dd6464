/// Paths as a tree of segments: a lookup costs one dictionary access per segment, however many routes there are.
struct RouteTree: Sendable {
    struct Node: Sendable {
        var children: [String: Int] = [:]
        /// Child for a variable segment.
        var variable: Int?
        var endpoints: [Endpoint] = []
        /// Answers methods that have no endpoint.
        var otherMethods: Endpoint?
        /// Answers OPTIONS.
        var options: Endpoint?

        var allow: String {
            var methods = endpoints.map(\.route.method)
            if methods.contains("GET") { methods.append("HEAD") }
            return (methods + ["OPTIONS"]).joined(separator: ", ")
        }
    }

    private(set) var nodes = [Node()]

    /// The node of a pattern, made when it is not there yet.
    mutating func node(of pattern: String) -> Int {
        var node = 0
        for segment in pattern.split(separator: "/") { node = child(of: node, named: String(segment)) }
        return node
    }

    private mutating func child(of node: Int, named name: String) -> Int {
        let isVariable = name.hasPrefix(":")
        if let known = isVariable ? nodes[node].variable : nodes[node].children[name] { return known }
        nodes.append(Node())
        let made = nodes.count - 1
        if isVariable { nodes[node].variable = made } else { nodes[node].children[name] = made }
        return made
    }

    /// Makes the first segment `alias` lead to where `name` leads.
    mutating func alias(_ alias: String, for name: String) {
        nodes[0].children[alias] = child(of: 0, named: name)
    }

    mutating func update(_ node: Int, _ change: (inout Node) -> Void) { change(&nodes[node]) }

    mutating func updateAll(_ change: (inout Node) -> Void) {
        for node in nodes.indices { change(&nodes[node]) }
    }

    /// Index of the node that the path leads to. A fixed segment is tried before a variable one.
    func find(_ segments: [String]) -> Int? { find(segments[...], from: 0) }

    private func find(_ rest: ArraySlice<String>, from node: Int) -> Int? {
        guard let segment = rest.first else { return nodes[node].endpoints.isEmpty ? nil : node }
        if let child = nodes[node].children[segment], let found = find(rest.dropFirst(), from: child) { return found }
        guard let child = nodes[node].variable, !segment.isEmpty else { return nil }
        return find(rest.dropFirst(), from: child)
    }
}
