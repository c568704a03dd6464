/// The rider has the food and is on the way.
public struct Picked: OrderEvent, Equatable {
    public static let type = "Picked"
    public var orderId: String
    public var riderId: Int
    public init(orderId: String, riderId: Int) { (self.orderId, self.riderId) = (orderId, riderId) }
}

/// The customer has the food.
public struct Delivered: OrderEvent, Equatable {
    public static let type = "Delivered"
    public var orderId: String
    public var riderId: Int
    /// ISO 8601 with offset.
    public var deliveredAt: String
    public var violations: [String] { violations { $0.require(time: deliveredAt, "deliveredAt") } }
    public init(orderId: String, riderId: Int, deliveredAt: String) {
        (self.orderId, self.riderId, self.deliveredAt) = (orderId, riderId, deliveredAt)
    }
}

/// Nobody will bring the order: no rider was found, or the food never arrived. The store cancels it.
public struct DeliveryFailed: OrderEvent, Equatable {
    public static let type = "DeliveryFailed"
    public var orderId: String
    /// For the customer.
    public var reason: String
    public var violations: [String] { violations { $0.require(text: reason, "reason") } }
    public init(orderId: String, reason: String) { (self.orderId, self.reason) = (orderId, reason) }
}
