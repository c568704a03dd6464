/// An order waits for its payment: payment is overloaded or away, and is asked again by and by. Whether somebody was
/// charged may still be unknown; nobody is charged again before that is known. Published by the order context.
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
/// not want to wait. Nobody was charged. Published by the order context.
public struct OrderExpired: OrderEvent, Equatable {
    public static let type = "OrderExpired"
    public var orderId: String
    /// For the customer.
    public var reason: String
    public var violations: [String] { violations { $0.require(text: reason, "reason") } }
    public init(orderId: String, reason: String) { (self.orderId, self.reason) = (orderId, reason) }
}
