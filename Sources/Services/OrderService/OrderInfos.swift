import Contracts
import HTTPServer
import Messaging
import Persistence
import ServiceKit
import SharedKernel

/// What customers see of an order: one row per order that is paid or waits for that.
struct OrderInfo: StatusRow, ShowsReadyTime, ShowsToCustomer {
    var id = 0
    let details: OrderDetails
    var status: OrderStatus
    var cancellation = Cancellation.none
    var cmpltTime: String?
    var reason: String?
    var delayVersion = 0
    var riderId: Int?
    var riderVersion = 0
}

/// The customer's view (`/orderInfos`).
enum OrderInfos {
    static let table = Table(
        "order_infos",
        OrderInfo.init(id:details:status:cancellation:cmpltTime:reason:delayVersion:riderId:riderVersion:),
        Column("id", \.id, .id), Column(\.details, OrderDetails.columns), Column("status", \.status),
        Column("cancellation", \.cancellation, .since(3, value: "'none'")), Column("cmplt_time", \.cmpltTime),
        Column("reason", \.reason), Column("delay_version", \.delayVersion, .since(2, value: "0")),
        Column("rider_id", \.riderId, .since(4, value: "NULL")),
        Column("rider_version", \.riderVersion, .since(4, value: "0")))

    static let view = View(
        "order.orderInfos", table, key: "order_id",
        [
            .create(.waiting, 1, on: PaymentDeferred.self) { OrderInfo(details: $0.details, status: .waiting) },
            .show(.expired, 5, on: OrderExpired.self) { $0.show($1) },
            .create(.paid, 10, on: PaymentApproved.self) { OrderInfo(details: $0.details, status: .paid) },
            .show(.accepted, 20, on: OrderAccepted.self) { $0.show($1) },
            .show(.accepted, 20, on: CookDelayed.self) { $0.show($1) },
            .show(.cooking, 30, on: CookStarted.self),
            .show(.cooked, 40, on: CookFinished.self),
            .note(on: RiderAssigned.self) { $0.show($1) },
            .note(on: RiderReleased.self) { $0.show($1) },
            .show(.pickedUp, 42, on: Picked.self),
            .show(.delivered, 44, on: Delivered.self),
            .show(.finished, 46, on: DeliveryFinished.self),
            .show(.rejected, 50, on: OrderRejected.self) { $0.show($1) },
            .note(on: OrderCancelRequested.self) { $0.show($1) },
            .note(on: OrderCancelRefused.self) { $0.show($1) },
            .show(.canceled, 55, on: OrderCanceled.self) { $0.show($1) },
            .show(.refunded, 60, on: PaymentCanceled.self),
        ])

    static let listing = Listing(
        "orderInfos", of: "orderInfo", table, members: OrderBody.members,
        keys: [.init("orderId", "order_id")]
    ) { info in
        Item(
            id: String(info.id),
            OrderBody(
                info.details, status: info.word, cmpltTime: info.cmpltTime, reason: info.reasonToShow,
                riderId: info.riderId))
    }
}
