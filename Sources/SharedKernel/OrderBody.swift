public import Contracts

/// What the resources of every context show of an order.
public struct OrderBody: Encodable, Sendable {
    private let details: OrderDetails
    private let status: String?
    private let cmpltTime: String?
    private let reason: String?
    private let riderId: Int?

    /// - Parameter status: the word on the wire; the example project has `null` for a payment that stands.
    public init(
        _ details: OrderDetails, status: String?, cmpltTime: String? = nil, reason: String? = nil, riderId: Int? = nil
    ) {
        (self.details, self.status, self.cmpltTime) = (details, status, cmpltTime)
        (self.reason, self.riderId) = (reason, riderId)
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case orderId, custId, custAddr, custTel, orderInfo, totPrice, status, storeId, cmpltTime, reason, riderId
    }

    public static let members = CodingKeys.allCases.map(\.rawValue)

    /// The members of the example project; the others only where there is something to say.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(details.orderId, forKey: .orderId)
        try container.encode(details.custId, forKey: .custId)
        try container.encode(details.custAddr, forKey: .custAddr)
        try container.encode(details.custTel, forKey: .custTel)
        try container.encode(details.orderInfo, forKey: .orderInfo)
        try container.encode(details.totPrice, forKey: .totPrice)
        try container.encode(status, forKey: .status)
        if details.storeId != DemoStore.id { try container.encode(details.storeId, forKey: .storeId) }
        try container.encodeIfPresent(cmpltTime, forKey: .cmpltTime)
        try container.encodeIfPresent(reason, forKey: .reason)
        try container.encodeIfPresent(riderId, forKey: .riderId)
    }
}
