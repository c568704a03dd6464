import Foundation

/// What a text that somebody typed may be.
extension String {
    /// 1 to `limit` bytes, not only blanks, and nothing that a terminal or a database would trip over.
    public func isReadable(atMost limit: Int) -> Bool {
        utf8.count <= limit && !allSatisfy(\.isWhitespace) && !hasControlCharacters
    }

    /// C0 and DEL, so also line ends and tabs.
    public var hasControlCharacters: Bool { utf8.contains { $0 < 0x20 || $0 == 0x7F } }

    /// The text in the one form (NFC) in which texts that look the same are the same bytes: some systems send `é` and Korean
    /// syllables in pieces.
    public var composed: String {
        // ASCII, and syllables of Korean unless a piece follows, are composed already.
        unicodeScalars.allSatisfy { $0.value < 0x80 || (0xAC00...0xD7A3).contains($0.value) }
            ? self : precomposedStringWithCanonicalMapping
    }
}
