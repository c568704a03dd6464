/// The `Decoder` of one value in a document.
struct JSONValueDecoder: Decoder {
    let document: JSONDocument
    let index: Int

    init(_ document: JSONDocument, at index: Int) { (self.document, self.index) = (document, index) }

    var codingPath: [any CodingKey] { [document.place(of: index)] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy _: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard document.values[index].kind == .object else { throw document.mismatch([String: Any].self, index) }
        return KeyedDecodingContainer(JSONObjectDecoder<Key>(document: document, index: index))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard document.values[index].kind == .array else { throw document.mismatch([Any].self, index) }
        return JSONArrayDecoder(document, index)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }
}

extension JSONValueDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool { document.values[index].kind == .null }
    func decode(_: Bool.Type) throws -> Bool { try document.boolean(index) }
    func decode(_: String.Type) throws -> String { try document.string(index) }
    func decode(_: Double.Type) throws -> Double { try document.double(index) }
    func decode(_: Float.Type) throws -> Float { Float(try document.double(index)) }
    func decode<T: Decodable & FixedWidthInteger>(_: T.Type) throws -> T { try document.whole(index) }
    func decode<T: Decodable>(_: T.Type) throws -> T { try T(from: self) }
}

struct JSONObjectDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let document: JSONDocument
    let index: Int

    var codingPath: [any CodingKey] { [document.place(of: index)] }
    var allKeys: [Key] { document.keys(of: index).compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { document.member(key.stringValue, of: index) != nil }

    private func member(_ key: Key) throws -> Int {
        guard let member = document.member(key.stringValue, of: index) else {
            throw DecodingError.keyNotFound(
                key, .init(codingPath: codingPath, debugDescription: "\(key.stringValue) is missing"))
        }
        return member
    }

    /// `nil` also for null.
    private func present(_ key: Key) -> Int? {
        document.member(key.stringValue, of: index).flatMap { document.values[$0].kind == .null ? nil : $0 }
    }

    func decodeNil(forKey key: Key) throws -> Bool { document.values[try member(key)].kind == .null }
    func decode(_: Bool.Type, forKey key: Key) throws -> Bool { try document.boolean(member(key)) }
    func decode(_: String.Type, forKey key: Key) throws -> String { try document.string(member(key)) }
    func decode(_: Double.Type, forKey key: Key) throws -> Double { try document.double(member(key)) }
    func decode(_: Float.Type, forKey key: Key) throws -> Float { Float(try document.double(member(key))) }
    func decode<T: Decodable & FixedWidthInteger>(_: T.Type, forKey key: Key) throws -> T {
        try document.whole(member(key))
    }
    func decode<T: Decodable>(_: T.Type, forKey key: Key) throws -> T {
        try T(from: JSONValueDecoder(document, at: member(key)))
    }

    func decodeIfPresent(_: String.Type, forKey key: Key) throws -> String? { try present(key).map(document.string) }
    func decodeIfPresent<T: Decodable>(_: T.Type, forKey key: Key) throws -> T? {
        try present(key).map { try T(from: JSONValueDecoder(document, at: $0)) }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try JSONValueDecoder(document, at: member(key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try JSONValueDecoder(document, at: member(key)).unkeyedContainer()
    }

    func superDecoder() -> any Decoder {
        JSONValueDecoder(document, at: document.member("super", of: index) ?? index)
    }
    func superDecoder(forKey key: Key) throws -> any Decoder { JSONValueDecoder(document, at: try member(key)) }
}

struct JSONArrayDecoder: UnkeyedDecodingContainer {
    private let document: JSONDocument
    private let index: Int
    private let elements: [Int]
    private(set) var currentIndex = 0

    init(_ document: JSONDocument, _ index: Int) {
        (self.document, self.index) = (document, index)
        elements = Array(document.children(of: index))
    }

    var codingPath: [any CodingKey] { [document.place(of: index)] }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex == elements.count }

    private mutating func next<T>(_ type: T.Type, _ read: (Int) throws -> T) throws -> T {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                type, .init(codingPath: codingPath, debugDescription: "the list has only \(elements.count) elements"))
        }
        let value = try read(elements[currentIndex])
        currentIndex += 1
        return value
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, document.values[elements[currentIndex]].kind == .null else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode(_ type: Bool.Type) throws -> Bool { try next(type, document.boolean) }
    mutating func decode(_ type: String.Type) throws -> String { try next(type, document.string) }
    mutating func decode(_ type: Double.Type) throws -> Double { try next(type, document.double) }
    mutating func decode(_ type: Float.Type) throws -> Float { Float(try next(Double.self, document.double)) }
    mutating func decode<T: Decodable & FixedWidthInteger>(_ type: T.Type) throws -> T {
        try next(type) { [document] in try document.whole($0) }
    }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try next(type) { [document] in try T(from: JSONValueDecoder(document, at: $0)) }
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested>
    {
        try next(KeyedDecodingContainer<Nested>.self) { [document] in
            try JSONValueDecoder(document, at: $0).container(keyedBy: type)
        }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next((any UnkeyedDecodingContainer).self) { [document] in
            try JSONValueDecoder(document, at: $0).unkeyedContainer()
        }
    }

    mutating func superDecoder() throws -> any Decoder {
        try next((any Decoder).self) { [document] in JSONValueDecoder(document, at: $0) }
    }
}
