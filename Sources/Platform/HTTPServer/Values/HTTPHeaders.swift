/// Header fields in the order they came; names are compared without regard to case.
///
/// An array: a request has about ten fields and most are never asked for, so hashing would cost more than it saves.
public struct HTTPHeaders: Sendable, ExpressibleByDictionaryLiteral {
    public private(set) var fields: [(name: String, value: String)]

    public init(dictionaryLiteral elements: (String, String)...) { fields = elements.map { ($0, $1) } }

    /// Makes room for the usual number of fields.
    mutating func reserve() { fields.reserveCapacity(12) }

    public mutating func append(_ name: String, _ value: String) { fields.append((name, value)) }

    /// The first value of the field.
    public subscript(_ name: String) -> String? {
        for field in fields where Self.isSame(field.name, name) { return field.value }
        return nil
    }

    public func all(_ name: String) -> [String] { fields.filter { Self.isSame($0.name, name) }.map(\.value) }

    /// ASCII only, as header names are (RFC 9110 section 5.1).
    static func isSame(_ left: String, _ right: String) -> Bool {
        let (left, right) = (left.utf8, right.utf8)
        guard left.count == right.count else { return false }
        for (one, other) in zip(left, right) where one != other {
            guard one ^ other == 0x20, (0x61...0x7A).contains(one | 0x20) else { return false }
        }
        return true
    }
}
