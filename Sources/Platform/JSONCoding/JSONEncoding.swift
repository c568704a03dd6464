/// The `Encoder` of one value: everything goes straight to the writer.
struct JSONValueEncoder: Encoder {
    let writer: JSONWriter
    /// The bracket around the value.
    let enclosing: JSONWriter.Bracket

    // Errors name the value; a path for them would cost an allocation for each value that is fine.
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedEncodingContainer<Key> {
        let bracket = writer.bracket(UInt8(ascii: "{"), UInt8(ascii: "}"), in: enclosing)
        return KeyedEncodingContainer(JSONObjectEncoder<Key>(writer: writer, bracket: bracket))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        let bracket = writer.bracket(UInt8(ascii: "["), UInt8(ascii: "]"), in: enclosing)
        return JSONArrayEncoder(writer: writer, bracket: bracket)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

extension JSONValueEncoder: SingleValueEncodingContainer {
    func encodeNil() { writer.appendNull() }
    func encode(_ value: Bool) { writer.append(value) }
    func encode(_ value: String) { writer.append(value) }
    func encode(_ value: Double) throws { try writer.append(value) }
    func encode(_ value: Float) throws { try writer.append(value) }
    func encode<T: Encodable & FixedWidthInteger>(_ value: T) { writer.append(value) }
    func encode<T: Encodable>(_ value: T) throws { try writer.append(value, at: enclosing) }
}

struct JSONObjectEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: JSONWriter
    let bracket: JSONWriter.Bracket

    var codingPath: [any CodingKey] { [] }

    private func entry(_ key: String) -> JSONValueEncoder {
        writer.beginEntry(of: bracket, key: key)
        return JSONValueEncoder(writer: writer, enclosing: bracket)
    }

    func encodeNil(forKey key: Key) { entry(key.stringValue).encodeNil() }
    func encode(_ value: Bool, forKey key: Key) { entry(key.stringValue).encode(value) }
    func encode(_ value: String, forKey key: Key) { entry(key.stringValue).encode(value) }
    func encode(_ value: Double, forKey key: Key) throws { try entry(key.stringValue).encode(value) }
    func encode(_ value: Float, forKey key: Key) throws { try entry(key.stringValue).encode(value) }
    func encode<T: Encodable & FixedWidthInteger>(_ value: T, forKey key: Key) { entry(key.stringValue).encode(value) }
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try entry(key.stringValue).encode(value) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { entry(key.stringValue).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        entry(key.stringValue).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { entry("super") }
    func superEncoder(forKey key: Key) -> any Encoder { entry(key.stringValue) }
}

struct JSONArrayEncoder: UnkeyedEncodingContainer {
    let writer: JSONWriter
    let bracket: JSONWriter.Bracket
    private(set) var count = 0

    init(writer: JSONWriter, bracket: JSONWriter.Bracket) { (self.writer, self.bracket) = (writer, bracket) }

    var codingPath: [any CodingKey] { [] }

    private mutating func entry() -> JSONValueEncoder {
        count += 1
        writer.beginEntry(of: bracket)
        return JSONValueEncoder(writer: writer, enclosing: bracket)
    }

    mutating func encodeNil() { entry().encodeNil() }
    mutating func encode(_ value: Bool) { entry().encode(value) }
    mutating func encode(_ value: String) { entry().encode(value) }
    mutating func encode(_ value: Double) throws { try entry().encode(value) }
    mutating func encode(_ value: Float) throws { try entry().encode(value) }
    mutating func encode<T: Encodable & FixedWidthInteger>(_ value: T) { entry().encode(value) }
    mutating func encode<T: Encodable>(_ value: T) throws { try entry().encode(value) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        entry().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { entry().unkeyedContainer() }
    mutating func superEncoder() -> any Encoder { entry() }
}
