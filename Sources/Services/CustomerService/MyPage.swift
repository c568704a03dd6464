import Contracts
import Messaging
import Persistence
import SharedKernel

/// What customers see of one of their orders, wherever it is on its way.
struct MyPage: StatusRow, ShowsReadyTime, ShowsRider {
    var id = 0
    let details: OrderDetails
    var status: Status
    var cancellation = Cancellation.none
    var cmpltTime: String?
    var delayVersion = 0
    var riderId: Int?
    var riderVersion = 0
    var reason: String?
    var isReviewed = false

    /// The words on the wire.
    enum Status: String, CaseIterable, ColumnValue {
        case pending = "payWait"
        /// Given up, and nobody was charged.
        case expired
        case paid = "orderCmplt"
        case accepted = "orderAccept"
        case cooking = "cookStart"
        case cooked = "cookCmplt"
        case picked = "deliveryStart"
        case delivered = "deliveryCmplt"
        case finished = "orderFinish"
        case rejected = "orderReject"
        case canceled = "orderCxl"
        case refunded = "payCxl"
    }

    /// What became of the customer's wish to cancel.
    enum Cancellation: String, ColumnValue { case none, asked, refused }

    /// A rider may be found long before the food is ready: until then the kitchen's word is shown.
    var word: String {
        switch status {
        case .paid, .accepted, .cooking, .cooked, .picked: cancellation == .asked ? "orderCxlReq" : kitchenWord
        case .expired: Status.refunded.rawValue
        default: status.rawValue
        }
    }

    private var kitchenWord: String { status == .cooked && riderId != nil ? "riderAssign" : status.rawValue }

    var canBeReviewed: Bool { !isReviewed && [.delivered, .finished].contains(status) }

    /// Why the order ended counts, whatever was said before.
    mutating func end(because reason: String) { self.reason = reason }

    mutating func ask() { if cancellation == .none { cancellation = .asked } }

    mutating func refuse(because reason: String) {
        cancellation = .refused
        // The store may cancel later for another reason, which then counts.
        if ![.rejected, .canceled, .refunded].contains(status) { self.reason = reason }
    }
}
