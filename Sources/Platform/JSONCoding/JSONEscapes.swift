/// The backslash sequences of a JSON string (RFC 8259 section 7), checked by the parser before.
enum JSONEscapes {
    static func resolve(_ raw: ArraySlice<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(raw.count)
        var rest = raw
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                text.append(byte)
                continue
            }
            if let simple = character(escape) {
                text.append(simple)
            } else {
                text.append(contentsOf: UTF8.encode(scalar(&rest)) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// What four digits name, or eight of a surrogate pair, whose second half has its own `\u`.
    private static func scalar(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar {
        func unit() -> UInt32 {
            defer { rest = rest.dropFirst(4) }
            return rest.prefix(4).reduce(0) { $0 << 4 | UInt32(hex($1) ?? 0) }
        }
        let first = unit()
        guard UTF16.isLeadSurrogate(UInt16(first)) else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
        rest = rest.dropFirst(2)
        return Unicode.Scalar(0x1_0000 &+ (first &- 0xD800) << 10 &+ (unit() &- 0xDC00)) ?? "\u{FFFD}"
    }

    /// - Returns: `nil` for `u` and for letters that escape nothing.
    static func character(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    static func hex(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x37
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }
}
