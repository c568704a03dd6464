/// What every context is told of an order: the flat members that its events and resources have in common.
public struct OrderDetails: Codable, Equatable, Sendable {
    public var orderId: String
    public var custId: String
    public var custAddr: String
    public var custTel: String
    /// `name:qty,name:qty`, as the customer sent it.
    public var orderInfo: String
    /// `orderInfo`, taken apart.
    public var items: [OrderItem]
    /// Won (KRW), no minor unit.
    public var totPrice: Int
    public var storeId: Int

    public init(
        orderId: String, custId: String, custAddr: String, custTel: String, orderInfo: String, items: [OrderItem],
        totPrice: Int, storeId: Int
    ) {
        (self.orderId, self.custId, self.custAddr, self.custTel) = (orderId, custId, custAddr, custTel)
        (self.orderInfo, self.items, self.totPrice, self.storeId) = (orderInfo, items, totPrice, storeId)
    }
}

extension OrderDetails {
    /// See ``Event/violations``. Quantities are left to the store: it rejects what it cannot take, and the money goes back.
    public var violations: [String] {
        var found = Violations()
        found.require(id: orderId)
        found.require(text: custId, "custId")
        found.require(text: custAddr, "custAddr")
        found.require(text: custTel, "custTel")
        found.require(orderInfo.utf8.count <= Limits.orderInfo, "orderInfo is too long")
        found.require(Limits.total.contains(totPrice), "totPrice is not \(Limits.total) won")
        return found.list
    }

    /// `items` says what `orderInfo` says; taking that apart is cheaper than decoding a list.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let orderInfo = try container.decode(String.self, forKey: .orderInfo)
        self.init(
            orderId: try container.decode(String.self, forKey: .orderId),
            custId: try container.decode(String.self, forKey: .custId),
            custAddr: try container.decode(String.self, forKey: .custAddr),
            custTel: try container.decode(String.self, forKey: .custTel), orderInfo: orderInfo,
            items: try OrderItem.parse(orderInfo) ?? container.decode([OrderItem].self, forKey: .items),
            totPrice: try container.decode(Int.self, forKey: .totPrice),
            storeId: try container.decode(Int.self, forKey: .storeId))
    }
}

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

/// The store that an order without `storeId` goes to.
public enum DemoStore { public static let id = 1 }
