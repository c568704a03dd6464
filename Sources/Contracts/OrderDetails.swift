/// What every context is told of an order: the flat members that its events and resources have in common.
public struct OrderDetails: Codable, Equatable, Sendable {
    public var orderId: String
    public var custId: String
    public var custAddr: String
    public var custTel: String
    /// `name:qty,name:qty`, as the customer sent it.
    public var orderInfo: String
    /// Won (KRW), no minor unit.
    public var totPrice: Int
    public var storeId: Int

    public init(
        orderId: String, custId: String, custAddr: String, custTel: String, orderInfo: String, totPrice: Int,
        storeId: Int
    ) {
        (self.orderId, self.custId, self.custAddr, self.custTel) = (orderId, custId, custAddr, custTel)
        (self.orderInfo, self.totPrice, self.storeId) = (orderInfo, totPrice, storeId)
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

    /// `orderInfo`, taken apart; empty when that cannot be done.
    public var items: [OrderItem] { OrderItem.parse(orderInfo) ?? [] }

    private enum CodingKeys: CodingKey {
        case orderId, custId, custAddr, custTel, orderInfo, items, totPrice, storeId
    }

    /// `items` says what `orderInfo` says, so it is only read where the latter cannot be.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        var orderInfo = try container.decode(String.self, forKey: .orderInfo)
        if OrderItem.parse(orderInfo) == nil {
            orderInfo = OrderItem.orderInfo(of: try container.decode([OrderItem].self, forKey: .items))
        }
        self.init(
            orderId: try container.decode(String.self, forKey: .orderId),
            custId: try container.decode(String.self, forKey: .custId),
            custAddr: try container.decode(String.self, forKey: .custAddr),
            custTel: try container.decode(String.self, forKey: .custTel), orderInfo: orderInfo,
            totPrice: try container.decode(Int.self, forKey: .totPrice),
            storeId: try container.decode(Int.self, forKey: .storeId))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(orderId, forKey: .orderId)
        try container.encode(custId, forKey: .custId)
        try container.encode(custAddr, forKey: .custAddr)
        try container.encode(custTel, forKey: .custTel)
        try container.encode(orderInfo, forKey: .orderInfo)
        try container.encode(items, forKey: .items)
        try container.encode(totPrice, forKey: .totPrice)
        try container.encode(storeId, forKey: .storeId)
    }
}

/// The store that an order without `storeId` goes to.
public enum DemoStore { public static let id = 1 }
