import Contracts
import HTTPServer
import Messaging
import Persistence
import ServiceKit
import SharedKernel

/// What owners see of an order: one row per paid order.
struct OrderDtl: StatusRow, ShowsReadyTime {
    /// The words on the wire.
    enum Status: String, ColumnValue {
        case paid = "orderCmplt"
        case accepted = "orderAccept"
        case cooking = "cookStart"
        case cooked = "cookCmplt"
        case pickedUp = "deliveryStart"
        case rejected = "orderReject"
        case canceled = "orderCxl"
        case delivered = "deliveryCmplt"
        case finished = "orderFinish"
    }

    var id = 0
    let details: OrderDetails
    var status: Status
    var cmpltTime: String?
    var delayVersion = 0
    var rider = OrderRider()
    /// Why it was rejected or canceled.
    var reason: String?

    /// Nobody comes for it any more, whatever is heard of riders.
    var isDead: Bool { status == .rejected || status == .canceled }
    /// A cooked order whose rider is on the way has a word of its own.
    var wireValue: String { status == .cooked ? rider.assigned ?? status.rawValue : status.rawValue }
}

/// The owner's view (`/orderDtls`).
enum OrderDtls {
    static let table = Table(
        "order_dtls", OrderDtl.init(id:details:status:cmpltTime:delayVersion:rider:reason:), Column("id", \.id, .id),
        Column(\.details, OrderDetails.columns), Column("status", \.status),
        Column("cmplt_time", \.cmpltTime, .since(2, value: "NULL")),
        Column("delay_version", \.delayVersion, .since(2, value: "0")),
        Column(\.rider, OrderRider.columns), Column("reason", \.reason, .since(4, value: "NULL")))

    private static let byOrder = table.select("WHERE order_id = $1")

    /// As far as was heard.
    static func isDelivered(_ orderId: String, in connection: any Connection) throws -> Bool {
        guard let order = try byOrder.first(.text(orderId), in: connection) else { return false }
        return order.status == .delivered || order.status == .finished
    }

    static let view = View(
        "store.orderDtls", table, key: "order_id",
        [
            .create(.paid, 10, on: PaymentApproved.self) { OrderDtl(details: $0.details, status: .paid) },
            .show(.accepted, 20, on: OrderAccepted.self) { $0.show($1) },
            .show(.accepted, 20, on: CookDelayed.self) { $0.show($1) },
            .show(.cooking, 30, on: CookStarted.self),
            .show(.cooked, 40, on: CookFinished.self),
            .note(on: RiderOffered.self) { $0.rider.show($1) },
            .note(on: RiderAwaited.self) { $0.rider.show($1) },
            .note(on: RiderAssigned.self) { $0.rider.show($1) },
            .note(on: RiderReleased.self) { $0.rider.show($1) },
            .show(.pickedUp, 45, on: Picked.self),
            .show(.rejected, 50, on: OrderRejected.self) { $0.reason = $1.reason },
            .show(.canceled, 60, on: OrderCanceled.self) { $0.reason = $1.reason },
            .show(.delivered, 70, on: Delivered.self),
            .show(.finished, 80, on: DeliveryFinished.self),
        ])

    static let listing = Listing(
        "orderDtls", of: "orderDtl", table, members: OrderBody.members + OrderRider.members,
        keys: [.init("orderId", "order_id")]
    ) { Item(id: String($0.id), OrderDtlBody($0)) }

    private struct OrderDtlBody: Encodable {
        let order: OrderBody
        let rider: OrderRider

        init(_ row: OrderDtl) {
            rider = row.isDead ? OrderRider() : row.rider
            order = OrderBody(
                row.details, status: row.wireValue, cmpltTime: row.cmpltTime, reason: row.reason, riderId: rider.riderId
            )
        }

        func encode(to encoder: any Encoder) throws {
            try order.encode(to: encoder)
            try rider.encode(to: encoder)
        }
    }
}
