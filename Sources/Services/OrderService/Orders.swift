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
            "orders", Order.init(id:version:_:status:cancellation:reason:fingerprint:askedAt:),
            // The id of an order that was abandoned must not become another one's link.
            Column("id", \.id, .idUsedOnce),
            Column("version", \.version, .version), Column(\.details, OrderDetails.columns), Column("status", \.status),
            Column("cancellation", \.cancellation, .since(2, value: "'none'")),
            Column("reason", \.reason), Column("fingerprint", \.fingerprint, .fixed),
            Column("asked_at", \.askedAt, .fixed),
            // What the reconciler looks for; empty but for the orders that are being paid right now.
            more: ["CREATE INDEX orders_unpaid ON orders (asked_at) WHERE status = '\(Order.Status.pending.rawValue)'"]),
        of: "order", key: "order_id")

    static let listing = Listing(
        "orders", of: "order", all.table, members: OrderBody.members, keys: [.init("orderId", "order_id")]
    ) { order in
        Item(
            id: String(order.id),
            OrderBody(
                order.details, status: Order.wireValue(order.status, order.cancellation), reason: order.reason),
            links: order.canAskToCancel ? [.to("cancel", "/orders/\(order.id)")] : [])
    }
}
