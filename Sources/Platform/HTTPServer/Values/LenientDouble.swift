/// A finite number that may arrive as a JSON number or as a numeric string, as form-like clients send it.
public struct LenientDouble: Decodable, Sendable, Equatable {
    public var value: Double

    /// - Throws: `DecodingError` for anything that is not a finite number.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let number = try? container.decode(Double.self)
        let value = number ?? (try? container.decode(String.self)).flatMap { Double($0) }
        guard let value, value.isFinite else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be a number")
        }
        self.value = value
    }
}
