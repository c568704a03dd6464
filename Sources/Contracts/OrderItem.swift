/// A dish and how many of it.
public struct OrderItem: Codable, Equatable, Sendable {
    public var name: String
    public var qty: Int

    public init(name: String, qty: Int) { (self.name, self.qty) = (name, qty) }

    /// Takes `김치찌개:1,제육볶음:2` apart. A name may contain a colon, the quantity follows the last one.
    /// - Returns: `nil` when an entry has no name or no whole number.
    public static func parse(_ orderInfo: String) -> [OrderItem]? {
        var items: [OrderItem] = []
        // By bytes: finding where characters end costs more than all the rest.
        for entry in orderInfo.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let colon = entry.lastIndex(of: UInt8(ascii: ":")),
                let qty = Int(trimmed(Substring(entry[entry.index(after: colon)...])))
            else { return nil }
            let name = trimmed(Substring(entry[..<colon]))
            guard !name.isEmpty else { return nil }
            items.append(OrderItem(name: name, qty: qty))
        }
        return items
    }

    public static func orderInfo(of items: [OrderItem]) -> String {
        items.map { "\($0.name):\($0.qty)" }.joined(separator: ",")
    }

    private static func trimmed(_ text: Substring) -> String {
        // Almost always there is nothing to trim, which the bytes tell: only these begin a white-space character.
        guard text.utf8.contains(where: mayBeginBlank) else { return String(text) }
        var text = text.unicodeScalars
        while text.first?.properties.isWhitespace == true { text.removeFirst() }
        while text.last?.properties.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

/// Whether a character of white space may begin with this byte of UTF-8 (Unicode's property White_Space).
private func mayBeginBlank(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == 0xC2 || (0xE1...0xE3).contains(byte)
}
