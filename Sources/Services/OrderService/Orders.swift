import Contracts
import HTTPServer
import Messaging
import Persistence
import ServiceKit
import SharedKernel

/// The table of orders, and how they look over HTTP.
enum Orders {
    static let all = Repository(
        Table(
            "orders",
            Order.init(
                id:version:_:status:cancellation:reason:fingerprint:askedAt:wish:waitsUntil:riderId:riderVersion:),
            // The id of an order that was abandoned must not become another one's link.
            Column("id", \.id, .idUsedOnce),
            Column("version", \.version, .version), Column(\.details, OrderDetails.columns), Column("status", \.status),
            Column("cancellation", \.cancellation, .since(2, value: "'none'")),
            Column("reason", \.reason), Column("fingerprint", \.fingerprint, .fixed),
            Column("asked_at", \.askedAt, .fixed), Column("wish", \.wish, .since(3, value: "NULL")),
            Column("waits_until", \.waitsUntil, .since(3, value: "NULL")),
            Column("rider_id", \.riderId, .since(3, value: "NULL")),
            Column("rider_version", \.riderVersion, .since(3, value: "0")),
            // What the reconciler looks for; empty but for the orders that are being paid right now.
            more: ["CREATE INDEX orders_unpaid ON orders (asked_at) WHERE status = '\(Order.Status.pending.rawValue)'"]),
        of: "order", key: "order_id")

    static let listing = Listing(
        "orders", of: "order", all.table, members: OrderBody.members, keys: [.init("orderId", "order_id")]
    ) { order in
        Item(
            id: String(order.id),
            OrderBody(order.details, status: order.word, reason: order.reason, riderId: order.riderId),
            links: (order.canAskToCancel ? [.to("cancel", "/orders/\(order.id)")] : [])
                + (order.canConfirm ? [.command("confirm")] : []))
    }

    /// Orders that the store was asked to cancel before anybody waited for its answer: it is asked again at once.
    static let migrations =
        all.table.migrations + [
            Migration(
                "orders_waits", 1,
                [
                    """
                    INSERT INTO deadlines (name, key, due_at, boot, due_up)
                    SELECT '\(Order.storeAnswer)', order_id, 0, '', 0 FROM orders WHERE cancellation = 'asked'
                    """
                ])
        ]
}
