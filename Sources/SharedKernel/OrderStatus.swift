public import Persistence

/// How far an order is: in the order itself, and in every view that shows it to its customer. The words on
/// the wire, but for those of our own, `waiting`, `declined` and `expired`: see ``ShowsProgress/word``.
public enum OrderStatus: String, CaseIterable, ColumnValue {
    case pending = "payWait"
    /// For its turn to be paid.
    case waiting
    case declined
    case expired
    case paid = "orderCmplt"
    case accepted = "orderAccept"
    case cooking = "cookStart"
    case cooked = "cookCmplt"
    case pickedUp = "deliveryStart"
    case delivered = "deliveryCmplt"
    case finished = "orderFinish"
    case rejected = "orderReject"
    case canceled = "orderCxl"
    case refunded = "payCxl"

    /// Before an end that the store's answer cannot change any more.
    public var isOpen: Bool { [.paid, .accepted, .cooking, .cooked, .pickedUp].contains(self) }

    /// The kitchen has begun, so it is certainly too late to cancel.
    public var isTooLateToCancel: Bool { [.cooking, .cooked, .pickedUp, .delivered, .finished].contains(self) }
}

/// What became of the customer's wish to cancel. Only goes on, beneath it the order goes its way.
public enum Cancellation: String, ColumnValue { case none, asked, refused }
