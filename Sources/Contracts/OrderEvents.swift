public import Events

/// A paid order came into being. Published by the order context.
public struct OrderPlaced: Event, Equatable {
    public static let type = "OrderPlaced"
    public var details: OrderDetails
    public var key: String { details.orderId }
    public var violations: [String] { details.violations }

    public init(_ details: OrderDetails) { self.details = details }
    public init(from decoder: any Decoder) throws { details = try OrderDetails(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try details.encode(to: encoder) }
}

/// The customer of a paid order wants to cancel it; the store decides.
public struct OrderCancelRequested: OrderEvent, Equatable {
    public static let type = "OrderCancelRequested"
    public var orderId: String
    public var reason: String
    public var violations: [String] { violations { $0.require(text: reason, "reason") } }
    public init(orderId: String, reason: String) { (self.orderId, self.reason) = (orderId, reason) }
}

/// The deal is closed: the food was handed over, or the customer has confirmed it. Published by the order context.
public struct DeliveryFinished: OrderEvent, Equatable {
    public static let type = "DeliveryFinished"
    public var orderId: String
    public var custId: String
    public var storeId: Int
    /// Won (KRW), no minor unit.
    public var totPrice: Int
    public var violations: [String] {
        violations {
            $0.require(text: custId, "custId")
            $0.require(Limits.total.contains(totPrice), "totPrice is not \(Limits.total) won")
        }
    }
    public init(orderId: String, custId: String, storeId: Int, totPrice: Int) {
        (self.orderId, self.custId, self.storeId, self.totPrice) = (orderId, custId, storeId, totPrice)
    }
}
