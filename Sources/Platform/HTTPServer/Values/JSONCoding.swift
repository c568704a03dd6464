import Foundation

/// The coders of HTTP bodies, shared: both classes are safe to use from several threads at once.
enum JSONCoding {
    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
    private static let decoder = JSONDecoder()

    static func encode(_ value: some Encodable) throws -> Data { try encoder.encode(value) }

    static func decode<T: Decodable>(_: T.Type, from data: Data) throws -> T { try decoder.decode(T.self, from: data) }
}

extension Data {
    /// Without the detour over a sequence of bytes, which costs ten times as much.
    mutating func append(text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }
}
