/// The backslash sequences of a JSON string (RFC 8259 section 7), checked by the parser before.
enum JSONEscapes {
    static func resolve(_ raw: ArraySlice<UInt8>) -> String {
        var units: [UInt16] = []
        var plain: [UInt8] = []
        var result = ""
        func flush() {
            result += String(decoding: plain, as: UTF8.self) + String(decoding: units, as: UTF16.self)
            (plain, units) = ([], [])
        }
        var rest = raw
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                if !units.isEmpty { flush() }
                plain.append(byte)
                continue
            }
            if let simple = character(escape) {
                if !units.isEmpty { flush() }
                plain.append(simple)
            } else {
                if !plain.isEmpty { flush() }
                units.append(rest.prefix(4).reduce(0) { $0 << 4 | UInt16(hex($1) ?? 0) })
                rest = rest.dropFirst(4)
            }
        }
        flush()
        return result
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
