import Contracts
import HTTPServer
import Messaging
import Persistence
import ServiceKit
import SharedKernel
import Time

/// The table of orders, and how they look over HTTP.
enum Orders {
    static let all = Repository(
        Table(
            "orders",
            Order.init(
                id:version:_:status:cancellation:reason:fingerprint:askedAt:wish:waitsUntil:riderId:riderVersion:
                isRefunded:),
            // The id of an order that was abandoned must not become another one's link.
            Column("id", \.id, .idUsedOnce),
            Column("version", \.version, .version), Column(\.details, OrderDetails.columns), Column("status", \.status),
            Column("cancellation", \.cancellation, .since(2, value: "'none'")),
            Column("reason", \.reason), Column("fingerprint", \.fingerprint, .fixed),
            // Written beside the version, by `askAgain` and `release` only.
            Column("asked_at", \.askedAt, .fixed), Column("wish", \.wish, .since(3, value: "NULL")),
            Column("waits_until", \.waitsUntil, .since(3, value: "NULL")),
            Column("rider_id", \.riderId, .since(3, value: "NULL")),
            Column("rider_version", \.riderVersion, .since(3, value: "0")),
            Column("is_refunded", \.isRefunded, .since(4, value: "0")),
            more: ["CREATE INDEX orders_unpaid ON orders (asked_at) WHERE status = '\(Order.Status.pending.rawValue)'"]),
        of: "order", key: "order_id")

    static let listing = Listing(
        "orders", of: "order", all.table, members: OrderPage.members, keys: [.init("orderId", "order_id")]
    ) { item($0) }

    /// - Parameter place: in the line, where that was looked up.
    private static func item(_ order: Order, place: Int? = nil) -> Item {
        Item(
            id: String(order.id),
            OrderPage(
                order: OrderBody(order.details, status: order.word, reason: order.reason, riderId: order.riderId),
                place: place, payBy: order.status == .waiting ? order.waitsUntil?.rfc3339 : nil),
            links: (order.canCancel ? [.to("cancel", "/orders/\(order.id)")] : [])
                + (order.canConfirm ? [.command("confirm")] : [])
                + (order.status == .waiting ? [.command("pay")] : []))
    }

    /// 202 with an order that waits for its payment.
    static func answer(_ order: Order, at place: Int, to request: HTTPRequest) throws -> HTTPResponse {
        try listing.resource.one(item(order, place: place), for: request, status: 202)
            .tagged(EntityTag(version: order.version), for: request).with("Retry-After", "5")
    }

    /// Of orders that the store was asked to cancel before anybody waited for its answer, it is asked again at once. What is
    /// looked for all the time has an index: charges without an answer, and the line.
    static let migrations =
        all.table.migrations + [
            Migration(
                "orders_waits", 1,
                [
                    """
                    INSERT INTO deadlines (name, key, due_at, boot, due_up)
                    SELECT '\(Order.storeAnswer)', order_id, 0, '', 0 FROM orders WHERE cancellation = 'asked'
                    """
                ]),
            Migration(
                "orders_line", 1,
                [
                    "DROP INDEX orders_unpaid",
                    "CREATE INDEX orders_asked ON orders (asked_at) WHERE \(unanswered)",
                    "CREATE INDEX orders_waiting ON orders (id) WHERE status = '\(Order.Status.waiting.rawValue)'",
                ]),
        ]
}
