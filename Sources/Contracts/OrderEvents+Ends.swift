/// An order waits for its payment: payment is overloaded or away, and is asked again by and by. Nobody was charged yet.
public struct PaymentDeferred: OrderEvent, Equatable {
    public static let type = "PaymentDeferred"
    public var details: OrderDetails
    /// ISO 8601 with offset: the order is given up then.
    public var payBy: String
    public var orderId: String { details.orderId }
    public var violations: [String] {
        details.violations + violations { $0.require(time: payBy, "payBy") }
    }

    public init(_ details: OrderDetails, payBy: String) { (self.details, self.payBy) = (details, payBy) }

    private enum CodingKeys: CodingKey { case payBy }

    public init(from decoder: any Decoder) throws {
        details = try OrderDetails(from: decoder)
        payBy = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .payBy)
    }

    public func encode(to encoder: any Encoder) throws {
        try details.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(payBy, forKey: .payBy)
    }
}

/// An order that waited for its payment was given up: nobody paid in time, the card was refused, or the customer did
/// not want to wait. Nobody was charged.
public struct OrderExpired: OrderEvent, Equatable {
    public static let type = "OrderExpired"
    public var orderId: String
    /// For the customer.
    public var reason: String
    public var violations: [String] { violations { $0.require(text: reason, "reason") } }
    public init(orderId: String, reason: String) { (self.orderId, self.reason) = (orderId, reason) }
}

/// The deal is closed: the food was handed over, or the customer has confirmed it.
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
