/// Yes or no, as JSON has it or as a text, as form-like clients send it.
public struct LenientBool: Decodable, Sendable, Equatable, ExpressibleByBooleanLiteral {
    public var value: Bool

    public init(booleanLiteral value: Bool) { self.value = value }

    /// - Throws: `DecodingError` for anything but `true` and `false`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try? container.decode(String.self)
        guard let value = (try? container.decode(Bool.self)) ?? text.flatMap(Bool.init) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be true or false")
        }
        self.value = value
    }
}
