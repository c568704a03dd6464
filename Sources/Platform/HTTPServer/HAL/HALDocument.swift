import Foundation
import JSONCoding
import Telemetry

/// Writes HAL (https://datatracker.ietf.org/doc/html/draft-kelly-json-hal-11) by joining text to what the encoder made.
struct HALDocument {
    private(set) var bytes: Data
    private let base: String

    /// - Parameter base: of the links, from ``HTTPRequest/baseURL``: it needs no quoting.
    init(base: String, capacity: Int) {
        self.base = base
        bytes = Data(capacity: capacity)
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { bytes.append($0) }  // As a buffer: a sequence of bytes is appended one by one.
    }

    /// The members of the body, then `_links`.
    mutating func append(_ item: Item, of resource: Resource) throws {
        let body = try JSONCoder.encode(item.body)
        guard body.first == UInt8(ascii: "{"), body.last == UInt8(ascii: "}") else {
            throw EncodingError.invalidValue(
                item.body, .init(codingPath: [], debugDescription: "an item of \(resource.plural) must be an object"))
        }
        bytes.append(body.dropLast())
        append((body.count > 2 ? "," : "") + links(of: item, resource) + "}")
    }

    private func links(of item: Item, _ resource: Resource) -> String {
        let href = base + resource.path(of: item.id)
        var text = #""_links":{"self":{"href":"\#(href)"},\#(JSONText.quoted(resource.singular)):{"href":"\#(href)"}"#
        for link in item.links {
            let target = link.path.hasPrefix("/") ? base + link.path : href + "/" + link.path
            text += ",\(JSONText.quoted(link.rel)):{\"href\":\(JSONText.quoted(target))}"
        }
        return text + "}"
    }

    /// `{"_embedded":{"<plural>":[…]}` without the closing brace.
    mutating func append(embedded items: [Item], of resource: Resource) throws {
        append(#"{"_embedded":{\#(JSONText.quoted(resource.plural)):["#)
        for (index, item) in items.enumerated() {
            if index > 0 { append(",") }
            try append(item, of: resource)
        }
        append("]}")
    }

    /// `"_links":{…}`; each target is a path from the root of the service.
    mutating func append(links: [(rel: String, path: String, templated: Bool)]) {
        append(#""_links":{"#)
        for (index, link) in links.enumerated() {
            let templated = link.templated ? #","templated":true"# : ""
            append(
                (index > 0 ? "," : "")
                    + "\(JSONText.quoted(link.rel)):{\"href\":\(JSONText.quoted(base + link.path))\(templated)}")
        }
        append("}")
    }
}
