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
