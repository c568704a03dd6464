/// A list of at most `limit` elements; a longer one is refused before any of them is decoded.
public struct LimitedList<let limit: Int, Element: Decodable & Sendable>: Decodable, Sendable {
    public let elements: [Element]

    /// - Throws: `DecodingError` when the list is longer, or what an element throws.
    public init(from decoder: any Decoder) throws {
        let list = try decoder.unkeyedContainer()
        guard let count = list.count, count <= limit else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: list.codingPath, debugDescription: "must have at most \(limit) elements"))
        }
        elements = try [Element](from: decoder)
    }
}
