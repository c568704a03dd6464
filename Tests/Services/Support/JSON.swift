public import Foundation

/// A JSON document, taken apart just enough to compare it. `nil` is "not there", ``null`` is the literal.
public enum JSON: Equatable, Sendable, Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([JSON].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }

    /// - Returns: ``null`` for no bytes.
    public static func parse(_ data: Data) throws -> JSON {
        data.isEmpty ? .null : try JSONDecoder().decode(JSON.self, from: data)
    }

    public subscript(name: String) -> JSON? {
        if case .object(let members) = self { members[name] } else { nil }
    }
    public subscript(index: Int) -> JSON? {
        if case .list(let items) = self, items.indices.contains(index) { items[index] } else { nil }
    }
    public var list: [JSON] { if case .list(let items) = self { items } else { [] } }
    public var names: Set<String> { if case .object(let members) = self { Set(members.keys) } else { [] } }
    public var text: String? { if case .text(let text) = self { text } else { nil } }
    public var int: Int? { if case .number(let number) = self { Int(exactly: number) } else { nil } }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    public init(stringLiteral text: String) { self = .text(text) }
    public init(integerLiteral number: Int) { self = .number(Double(number)) }
    public init(booleanLiteral bool: Bool) { self = .bool(bool) }
}
