public import Foundation

/// A JSON object that is written member by member, straight into the text: for documents that are no type of their own.
public struct JSONObject {
    private let writer: JSONWriter
    private let bracket: JSONWriter.Bracket

    private init(_ writer: JSONWriter, in enclosing: JSONWriter.Bracket) {
        self.writer = writer
        bracket = writer.bracket(UInt8(ascii: "{"), UInt8(ascii: "}"), in: enclosing)
    }

    /// The whole text, without white space, when `write` has added the members; no name may come twice.
    public static func text(_ write: (JSONObject) throws -> Void) rethrows -> Data {
        let writer = JSONWriter()
        try write(JSONObject(writer, in: .root))
        return Data(writer.finished())
    }

    public func add(_ name: String, _ value: String) {
        writer.beginEntry(of: bracket, key: name)
        writer.append(value)
    }

    public func add(_ name: String, _ value: Int) {
        writer.beginEntry(of: bracket, key: name)
        writer.append(value)
    }

    public func add(_ name: String, _ value: Bool) {
        writer.beginEntry(of: bracket, key: name)
        writer.append(value)
    }

    /// A member that is a list of texts.
    public func add(_ name: String, _ values: [String]) {
        writer.beginEntry(of: bracket, key: name)
        let list = writer.bracket(UInt8(ascii: "["), UInt8(ascii: "]"), in: bracket)
        for value in values {
            writer.beginEntry(of: list)
            writer.append(value)
        }
    }

    /// A member that is an object.
    public func add(_ name: String, _ write: (JSONObject) throws -> Void) rethrows {
        writer.beginEntry(of: bracket, key: name)
        try write(JSONObject(writer, in: bracket))
    }

    /// A member that is a list of objects, one for each of `elements`.
    public func add<Element>(
        _ name: String, for elements: [Element], _ write: (JSONObject, Element) throws -> Void
    ) rethrows {
        writer.beginEntry(of: bracket, key: name)
        let list = writer.bracket(UInt8(ascii: "["), UInt8(ascii: "]"), in: bracket)
        for element in elements {
            writer.beginEntry(of: list)
            try write(JSONObject(writer, in: list), element)
        }
    }

    /// The members of `value` beside the others.
    /// - Throws: `EncodingError` when `value` is no object, or as ``JSONCoder/encode(_:)``.
    public func add(membersOf value: some Encodable) throws {
        let text = try JSONWriter.text(of: value)
        guard text.first == UInt8(ascii: "{") else {
            throw EncodingError.invalidValue(value, .init(codingPath: [], debugDescription: "it is no object"))
        }
        guard text.count > 2 else { return }
        writer.beginEntry(of: bracket)
        writer.append(raw: text[1..<text.count - 1])
    }
}
