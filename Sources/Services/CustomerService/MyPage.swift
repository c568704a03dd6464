import Contracts
import Messaging
import SharedKernel

/// What customers see of one of their orders, wherever it is on its way.
struct MyPage: StatusRow, ShowsReadyTime, ShowsToCustomer {
    var id = 0
    let details: OrderDetails
    var status: OrderStatus
    var cancellation = Cancellation.none
    var cmpltTime: String?
    var delayVersion = 0
    var riderId: Int?
    var riderVersion = 0
    var reason: String?
    var isReviewed = false

    var canBeReviewed: Bool { !isReviewed && [.delivered, .finished].contains(status) }
}
