import Contracts
import Messaging
import Persistence
import SharedKernel
import Time

/// The table of orders.
enum Orders {
    static let all = Repository(
        Table(
            "orders", Order.init(id:version:_:status:cmpltTime:reason:fingerprint:askedAt:),
            // The id of an order that was abandoned must not become another one's link.
            Column("id", \.id, .idUsedOnce),
            Column("version", \.version, .version), Column(\.details, OrderDetails.columns), Column("status", \.status),
            Column("cmplt_time", \.cmpltTime), Column("reason", \.reason), Column("fingerprint", \.fingerprint, .fixed),
            Column("asked_at", \.askedAt, .fixed),
            // What the reconciler looks for; empty but for the orders that are being paid right now.
            more: ["CREATE INDEX orders_unpaid ON orders (asked_at) WHERE status = 'payWait'"]),
        of: "order", key: "order_id")
}
