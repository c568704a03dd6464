/// How far an order has come, as the customer sees it: in the order itself and in the views.
public protocol ShowsProgress: ShowsRider {
    var status: OrderStatus { get }
    var cancellation: Cancellation { get }
    /// The money is back, so that is what the customer sees, however far the order is beneath it.
    var isRefunded: Bool { get }
}

extension ShowsProgress {
    public var isRefunded: Bool { status == .refunded }

    /// The customer has asked to cancel, and the store has not answered yet.
    public var isLocked: Bool { cancellation == .asked && status.isOpen }

    /// The word on the wire.
    public var word: String {
        switch status {
        case _ where isRefunded: OrderStatus.refunded.rawValue
        case _ where isLocked: "orderCxlReq"
        case .waiting: OrderStatus.pending.rawValue
        // Both end like a refunded one: nobody holds the customer's money.
        case .declined, .expired: OrderStatus.refunded.rawValue
        // A rider may be found before the food is cooked; until then the kitchen's word says more.
        case .cooked where riderId != nil: "riderAssign"
        default: status.rawValue
        }
    }
}
