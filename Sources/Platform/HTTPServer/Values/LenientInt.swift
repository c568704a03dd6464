/// A whole number that may arrive as a JSON number or as a numeric string, as form-like clients send it.
public struct LenientInt: Codable, Sendable, Equatable, ExpressibleByIntegerLiteral {
    public var value: Int

    public init(_ value: Int) { self.value = value }
    public init(integerLiteral value: Int) { self.value = value }

    /// - Throws: `DecodingError` for fractions, overflow, and anything that is not a number.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Int.self) {
            self.value = value
        } else {
            let text = try? container.decode(String.self)
            guard let value = text.flatMap({ Int($0) }) else { throw Self.refusal(container) }
            self.value = value
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }

    private static func refusal(_ container: any SingleValueDecodingContainer) -> DecodingError {
        .dataCorruptedError(in: container, debugDescription: "must be a whole number")
    }
}
