import Contracts
import Messaging
import SharedKernel
import Time

/// One customer order, from the payment to the customer's table.
struct Order: Aggregate, ShowsProgress {
    // Changed by the moves only (`Order+Moves`).
    var id: Int
    var version: Int
    let details: OrderDetails
    var status: Status
    var cancellation: Cancellation
    /// The money is back, whatever the status is.
    var isRefunded: Bool
    /// Why it was declined, rejected, canceled or not canceled, for the customer.
    var reason: String?
    /// Of the request that placed the order: tells a repetition from another order under the same id. Empty when the order
    /// came into being by its payment's event.
    let fingerprint: String
    /// When payment was asked last; ``never`` while certainly nobody was charged.
    var askedAt: Timestamp
    /// Why the customer wants to cancel.
    var wish: String?
    /// When the present ``wait`` ends; `nil` in an order that waits for its payment when its time is over.
    var waitsUntil: Timestamp?
    var riderId: Int?
    var riderVersion: Int

    var key: String { details.orderId }

    /// As the request that placed the order was answered, whatever became of the order since. Its version was 2 then: stored,
    /// and paid. An order that waited in between has another one, which is told as long as it shows the same.
    var asFirstAnswered: Order {
        var first = Order(
            id: id, version: version, details, status: .paid, fingerprint: fingerprint, askedAt: askedAt,
            waitsUntil: waitsUntil)
        if first != self { first.version = 2 }
        return first
    }

    init(
        id: Int = 0, version: Int = 1, _ details: OrderDetails, status: Status = .pending,
        cancellation: Cancellation = .none, reason: String? = nil, fingerprint: String = "",
        askedAt: Timestamp = Order.never, wish: String? = nil, waitsUntil: Timestamp? = nil,
        riderId: Int? = nil, riderVersion: Int = 0, isRefunded: Bool = false
    ) {
        (self.id, self.version, self.details, self.status) = (id, version, details, status)
        self.cancellation = cancellation
        (self.reason, self.fingerprint, self.askedAt) = (reason, fingerprint, askedAt)
        (self.wish, self.waitsUntil) = (wish, waitsUntil)
        (self.riderId, self.riderVersion, self.isRefunded) = (riderId, riderVersion, isRefunded)
    }
}
