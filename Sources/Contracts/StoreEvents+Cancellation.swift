/// A paid order ends: the customer asked in time, or the kitchen or the delivery could not finish it. The money goes back.
public struct OrderCanceled: OrderEvent, Equatable {
    public static let type = "OrderCanceled"
    public var orderId: String
    /// For the customer.
    public var reason: String
    public var violations: [String] { violations { $0.require(text: reason, "reason") } }
    public init(orderId: String, reason: String) { (self.orderId, self.reason) = (orderId, reason) }
}

/// The customer asked too late; the order goes on.
public struct OrderCancelRefused: OrderEvent, Equatable {
    public static let type = "OrderCancelRefused"
    public var orderId: String
    /// For the customer.
    public var reason: String
    public var violations: [String] { violations { $0.require(text: reason, "reason") } }
    public init(orderId: String, reason: String) { (self.orderId, self.reason) = (orderId, reason) }
}
