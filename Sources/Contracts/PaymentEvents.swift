public import Events

/// The customer was charged for an order.
public struct PaymentApproved: Event, Equatable {
    public static let type = "PaymentApproved"
    public var details: OrderDetails
    public var payId: Int
    public var key: String { details.orderId }
    public var violations: [String] { details.violations }

    public init(_ details: OrderDetails, payId: Int) { (self.details, self.payId) = (details, payId) }

    private enum CodingKeys: CodingKey { case payId }

    public init(from decoder: any Decoder) throws {
        details = try OrderDetails(from: decoder)
        payId = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .payId)
    }

    public func encode(to encoder: any Encoder) throws {
        try details.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(payId, forKey: .payId)
    }
}

/// The charge for an order was given back.
public struct PaymentCanceled: OrderEvent, Equatable {
    public static let type = "PaymentCanceled"
    public var orderId: String
    public var payId: Int
    /// Won (KRW), no minor unit.
    public var amount: Int
    public var reason: String
    public var violations: [String] {
        violations {
            $0.require(text: reason, "reason")
            $0.require(Limits.total.contains(amount), "amount is not \(Limits.total) won")
        }
    }

    public init(orderId: String, payId: Int, amount: Int, reason: String) {
        (self.orderId, self.payId, self.amount, self.reason) = (orderId, payId, amount, reason)
    }
}
