/// Checks a JSON text (RFC 8259) from its first byte to its last and notes where its values are.
struct JSONParser {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private var values: [JSONDocument.Value] = []

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        values.reserveCapacity(64)
    }

    /// - Throws: ``JSONSyntaxError``.
    static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> [JSONDocument.Value] {
        do { _ = try UTF8Span(validating: bytes.span) } catch { throw .notUTF8 }
        var parser = JSONParser(bytes)
        parser.skipMark()
        try parser.value()
        guard parser.next == nil else { throw .unexpected(at: parser.position) }
        return parser.values
    }

    /// The next byte that is no white space; the position is there then.
    private var next: UInt8? {
        mutating get {
            while position < bytes.count {
                let byte = bytes[position]
                guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
                position += 1
            }
            return nil
        }
    }

    /// Some editors write a byte order mark; it may be ignored (RFC 8259 section 8.1).
    private mutating func skipMark() {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
    }

    private mutating func value() throws(JSONSyntaxError) {
        switch next {
        case UInt8(ascii: "{"): try object()
        case UInt8(ascii: "["): try array()
        case UInt8(ascii: "\""): try text()
        case UInt8(ascii: "t"): try word("true", .yes)
        case UInt8(ascii: "f"): try word("false", .no)
        case UInt8(ascii: "n"): try word("null", .null)
        default: try number()
        }
    }

    private mutating func object() throws(JSONSyntaxError) {
        let index = try open(.object)
        if next != UInt8(ascii: "}") {
            repeat {
                guard next == UInt8(ascii: "\"") else { throw .unexpected(at: position) }
                try text()
                guard take(UInt8(ascii: ":")) else { throw .unexpected(at: position) }
                try value()
            } while take(UInt8(ascii: ","))
        }
        try close(index, UInt8(ascii: "}"))
    }

    private mutating func array() throws(JSONSyntaxError) {
        let index = try open(.array)
        if next != UInt8(ascii: "]") {
            repeat { try value() } while take(UInt8(ascii: ","))
        }
        try close(index, UInt8(ascii: "]"))
    }

    private mutating func open(_ kind: JSONDocument.Value.Kind) throws(JSONSyntaxError) -> Int {
        guard depth < JSONCoder.maximumDepth else { throw .tooDeep }
        depth += 1
        position += 1
        note(kind, from: position, to: position)
        return values.count - 1
    }

    private mutating func close(_ index: Int, _ bracket: UInt8) throws(JSONSyntaxError) {
        guard take(bracket) else { throw .unexpected(at: position) }
        depth -= 1
        values[index].end = Int32(position - 1)
        values[index].next = Int32(values.count)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func note(_ kind: JSONDocument.Value.Kind, from start: Int, to end: Int) {
        values.append(.init(kind: kind, start: Int32(start), end: Int32(end), next: Int32(values.count + 1)))
    }

    private mutating func word(_ word: StaticString, _ kind: JSONDocument.Value.Kind) throws(JSONSyntaxError) {
        let start = position
        for offset in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count, bytes[position] == word.utf8Start[offset] else {
                throw .unexpected(at: position)
            }
            position += 1
        }
        note(kind, from: start, to: position)
    }
}

// MARK: - Strings
extension JSONParser {
    private mutating func text() throws(JSONSyntaxError) {
        position += 1
        let start = position
        var kind = JSONDocument.Value.Kind.text
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                note(kind, from: start, to: position)
                position += 1
                return
            case UInt8(ascii: "\\"):
                kind = .escapedText
                try escape()
            case ..<0x20: throw .unexpected(at: position)
            default: position += 1
            }
        }
        throw .unexpected(at: position)
    }

    private mutating func escape() throws(JSONSyntaxError) {
        let start = position
        position += 1
        guard position < bytes.count else { throw .unexpected(at: position) }
        if bytes[position] == UInt8(ascii: "u") {
            // Half of a surrogate pair is no character.
            switch try unit() {
            case 0xD800...0xDBFF:
                guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                    bytes[position + 1] == UInt8(ascii: "u")
                else { throw .unexpected(at: start) }
                position += 1
                guard (0xDC00...0xDFFF).contains(try unit()) else { throw .unexpected(at: start) }
            case 0xDC00...0xDFFF: throw .unexpected(at: start)
            default: break
            }
        } else {
            guard JSONEscapes.character(bytes[position]) != nil else { throw .unexpected(at: position) }
            position += 1
        }
    }

    /// The four digits behind a `u`, which the position is at.
    private mutating func unit() throws(JSONSyntaxError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            position += 1
            guard position < bytes.count, let digit = JSONEscapes.hex(bytes[position]) else {
                throw .unexpected(at: position)
            }
            unit = unit << 4 | UInt16(digit)
        }
        position += 1
        return unit
    }
}

// MARK: - Numbers
extension JSONParser {
    private mutating func number() throws(JSONSyntaxError) {
        let start = position
        var kind = JSONDocument.Value.Kind.integer
        skip(UInt8(ascii: "-"))
        if !skip(UInt8(ascii: "0")) { try digits() }
        if skip(UInt8(ascii: ".")) {
            kind = .number
            try digits()
        }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            kind = .number
            if !skip(UInt8(ascii: "+")) { skip(UInt8(ascii: "-")) }
            try digits()
        }
        note(kind, from: start, to: position)
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
        guard position > start else { throw .unexpected(at: position) }
    }

    @discardableResult
    private mutating func skip(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }
}
