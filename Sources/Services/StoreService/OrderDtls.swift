import Contracts
import HTTPServer
import Messaging
import Persistence
import ServiceKit
import SharedKernel

/// What owners see of an order: one row per paid order.
struct OrderDtl: StatusRow, ShowsReadyTime {
    var id = 0
    let details: OrderDetails
    var status: OrderManage.Status
    var cmpltTime: String?
    var delayVersion = 0
}

/// The owner's view (`/orderDtls`).
enum OrderDtls {
    static let table = Table(
        "order_dtls", OrderDtl.init(id:details:status:cmpltTime:delayVersion:), Column("id", \.id, .id),
        Column(\.details, OrderDetails.columns), Column("status", \.status),
        Column("cmplt_time", \.cmpltTime, .since(2, value: "NULL")),
        Column("delay_version", \.delayVersion, .since(2, value: "0")))

    static let view = View(
        "store.orderDtls", table, key: "order_id",
        [
            .create(.paid, 10, on: PaymentApproved.self) { OrderDtl(details: $0.details, status: .paid) },
            .show(.accepted, 20, on: OrderAccepted.self) { $0.show($1) },
            .show(.accepted, 20, on: CookDelayed.self) { $0.show($1) },
            .show(.cooking, 30, on: CookStarted.self),
            .show(.cooked, 40, on: CookFinished.self),
            .show(.rejected, 50, on: OrderRejected.self),
            .show(.canceled, 60, on: OrderCanceled.self),
        ])

    static let listing = Listing(
        "orderDtls", of: "orderDtl", table, members: OrderBody.members,
        keys: [.init("orderId", "order_id")]
    ) { Item(id: String($0.id), OrderBody($0.details, status: $0.status.rawValue, cmpltTime: $0.cmpltTime)) }
}
