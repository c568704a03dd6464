import Contracts
import HTTPServer
import Messaging
import Persistence
import ServiceKit
import SharedKernel

/// The customers' view of all of their orders (`/myPages`).
enum MyPages {
    static let table = Table(
        "my_pages",
        MyPage.init(
            id:details:status:cancellation:cmpltTime:delayVersion:riderId:riderVersion:reason:isReviewed:),
        Column("id", \.id, .id), Column(\.details, OrderDetails.columns), Column("status", \.status),
        Column("cancellation", \.cancellation), Column("cmplt_time", \.cmpltTime),
        Column("delay_version", \.delayVersion), Column("rider_id", \.riderId), Column("rider_version", \.riderVersion),
        Column("reason", \.reason), Column("is_reviewed", \.isReviewed),
        more: ["CREATE INDEX my_pages_cust_id ON my_pages (cust_id)"])

    static let view = View(
        "customer.myPages", table, key: "order_id",
        [
            .create(.waiting, 1, on: PaymentDeferred.self) { MyPage(details: $0.details, status: .waiting) },
            .show(.expired, 5, on: OrderExpired.self) { $0.show($1) },
            .create(.paid, 10, on: PaymentApproved.self) { MyPage(details: $0.details, status: .paid) },
            .show(.accepted, 20, on: OrderAccepted.self) { $0.show($1) },
            .show(.accepted, 20, on: CookDelayed.self) { $0.show($1) },
            .show(.cooking, 30, on: CookStarted.self),
            .show(.cooked, 40, on: CookFinished.self),
            .note(on: RiderAssigned.self) { $0.show($1) },
            .note(on: RiderReleased.self) { $0.show($1) },
            .show(.pickedUp, 42, on: Picked.self),
            .show(.delivered, 44, on: Delivered.self),
            .show(.finished, 46, on: DeliveryFinished.self),
            .note(on: ReviewCreated.self) { row, _ in row.isReviewed = true },
            .show(.rejected, 50, on: OrderRejected.self) { $0.show($1) },
            .note(on: OrderCancelRequested.self) { $0.show($1) },
            .note(on: OrderCancelRefused.self) { $0.show($1) },
            .show(.canceled, 55, on: OrderCanceled.self) { $0.show($1) },
            .show(.refunded, 60, on: PaymentCanceled.self),
        ])

    static let listing = Listing(
        "myPages", of: "myPage", table, members: OrderBody.members, keys: [.init("orderId", "order_id")],
        groups: [.init("custId", "cust_id")]
    ) { page in
        Item(
            id: String(page.id),
            OrderBody(
                page.details, status: page.word, cmpltTime: page.cmpltTime, reason: page.reasonToShow,
                riderId: page.riderId),
            links: page.canBeReviewed ? [.to("review", "/reviews")] : [])
    }
}
