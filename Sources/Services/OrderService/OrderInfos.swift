import Contracts
import HTTPServer
import Messaging
import Persistence
import ServiceKit
import SharedKernel

/// What customers see of an order: one row per paid order.
struct OrderInfo: StatusRow, ShowsReadyTime {
    var id = 0
    let details: OrderDetails
    var status: Order.Status
    var cancellation = Order.Cancellation.none
    var cmpltTime: String?
    var reason: String?
    var delayVersion = 0
}

/// The customer's view (`/orderInfos`).
enum OrderInfos {
    static let table = Table(
        "order_infos", OrderInfo.init(id:details:status:cancellation:cmpltTime:reason:delayVersion:),
        Column("id", \.id, .id),
        Column(\.details, OrderDetails.columns), Column("status", \.status),
        Column("cancellation", \.cancellation, .since(3, value: "'none'")), Column("cmplt_time", \.cmpltTime),
        Column("reason", \.reason), Column("delay_version", \.delayVersion, .since(2, value: "0")))

    static let view = View(
        "order.orderInfos", table, key: "order_id",
        [
            .create(.paid, 10, on: PaymentApproved.self) { OrderInfo(details: $0.details, status: .paid) },
            .show(.accepted, 20, on: OrderAccepted.self) { $0.show($1) },
            .show(.accepted, 20, on: CookDelayed.self) { $0.show($1) },
            .show(.cooking, 30, on: CookStarted.self),
            .show(.cooked, 40, on: CookFinished.self),
            .show(.rejected, 50, on: OrderRejected.self) { $0.reason = $1.reason },
            .note(on: OrderCancelRequested.self) { row, _ in
                if row.cancellation == .none { row.cancellation = .asked }
            },
            .note(on: OrderCancelRefused.self) { ($0.cancellation, $0.reason) = (.refused, $1.reason) },
            .show(.canceled, 55, on: OrderCanceled.self) { $0.reason = $1.reason },
            .show(.refunded, 60, on: PaymentCanceled.self),
        ])

    static let listing = Listing(
        "orderInfos", of: "orderInfo", table, members: OrderBody.members,
        keys: [.init("orderId", "order_id")]
    ) { info in
        Item(
            id: String(info.id),
            OrderBody(
                info.details, status: Order.wireValue(info.status, info.cancellation), cmpltTime: info.cmpltTime,
                reason: info.reason))
    }
}
