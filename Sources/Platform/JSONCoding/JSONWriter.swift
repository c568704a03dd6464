/// One JSON text as it grows, with the brackets that are open.
///
/// Containers write at the bracket they opened; what is still open inside of it is closed first.
final class JSONWriter {
    /// A bracket by its depth and number; a container whose bracket is closed must not write any more.
    struct Bracket: Equatable {
        var depth: Int
        var number: Int
        /// What encloses the outermost value.
        static let root = Bracket(depth: 0, number: 0)
    }

    private var bytes: [UInt8] = []
    private var open: [(closing: UInt8, number: Int)] = []
    private var opened = 0
    /// Whether the innermost bracket has no entry yet.
    private var isEmpty = true

    init() { bytes.reserveCapacity(512) }

    /// - Throws: as ``append(_:at:)``.
    static func text(of value: some Encodable) throws -> [UInt8] {
        let writer = JSONWriter()
        try writer.append(value, at: .root)
        return writer.finished()
    }

    /// Closes everything and hands the text out.
    func finished() -> [UInt8] {
        close(to: .root)
        return bytes
    }

    /// The bracket that the value in `enclosing` has opened before, or a new one.
    func bracket(_ opening: UInt8, _ closing: UInt8, in enclosing: Bracket) -> Bracket {
        if open.count > enclosing.depth {
            let own = Bracket(depth: enclosing.depth + 1, number: open[enclosing.depth].number)
            precondition(open[enclosing.depth].closing == closing, "a value is an object or a list, not both")
            return own
        }
        opened += 1
        bytes.append(opening)
        open.append((closing, opened))
        isEmpty = true
        return Bracket(depth: open.count, number: opened)
    }

    private func close(to bracket: Bracket) {
        while open.count > bracket.depth {
            bytes.append(open.removeLast().closing)
            isEmpty = false
        }
    }

    /// Makes room for one more entry of an open bracket.
    func beginEntry(of bracket: Bracket) {
        close(to: bracket)
        precondition(open.last?.number == bracket.number, "a container is used after its parent went on")
        if !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
    }

    func beginEntry(of bracket: Bracket, key: String) {
        beginEntry(of: bracket)
        append(key)
        bytes.append(UInt8(ascii: ":"))
    }

    /// - Throws: `EncodingError` when `value` encodes nothing; what it throws.
    func append(_ value: some Encodable, at enclosing: Bracket) throws {
        let before = bytes.count
        try value.encode(to: JSONValueEncoder(writer: self, enclosing: enclosing))
        guard bytes.count > before else {
            throw EncodingError.invalidValue(value, .init(codingPath: [], debugDescription: "it encodes nothing"))
        }
        close(to: enclosing)
    }
}

// MARK: - Scalars
extension JSONWriter {
    func appendNull() { append(raw: "null") }
    func append(_ value: Bool) { append(raw: value ? "true" : "false") }
    func append(_ value: some FixedWidthInteger) { append(raw: String(value)) }

    /// - Throws: `EncodingError` for infinity and not-a-number, which JSON does not have.
    func append(_ value: some BinaryFloatingPoint & LosslessStringConvertible) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(value, .init(codingPath: [], debugDescription: "no number in JSON"))
        }
        let text = value.description
        append(raw: text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    /// In quotes, escaped as RFC 8259 section 7 asks for; everything else stays UTF-8.
    func append(_ value: String) {
        var value = value
        bytes.append(UInt8(ascii: "\""))
        value.withUTF8 { text in
            var start = 0
            for (index, byte) in text.enumerated() {
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: text[start..<index])
                append(escaped: byte)
                start = index + 1
            }
            bytes.append(contentsOf: text[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private func append(escaped byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append(raw: #"\""#)
        case UInt8(ascii: "\\"): append(raw: #"\\"#)
        case 0x0A: append(raw: #"\n"#)
        case 0x0D: append(raw: #"\r"#)
        case 0x09: append(raw: #"\t"#)
        default: append(raw: #"\u00"# + (byte < 16 ? "0" : "") + String(byte, radix: 16))
        }
    }

    private func append(raw text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    /// What is JSON already.
    func append(raw text: ArraySlice<UInt8>) { bytes.append(contentsOf: text) }
}
