import Contracts
import HTTPServer
import Messaging
import Persistence
import ServiceKit
import SharedKernel

/// The table of payments, one per order, and how they look over HTTP.
enum Pays {
    static let all = Repository(
        Table(
            "pays", Pay.init(id:version:_:status:reason:), Column("id", \.id, .id),
            Column("version", \.version, .version), Column(\.details, OrderDetails.columns),
            Column("status", \.status), Column("reason", \.reason)),
        of: "pay", key: "order_id")

    /// Found behind every charge that is under way, so that the order service may rely on "not there" once the charge has
    /// expired.
    static let listing = Listing(
        "pays", of: "pay", all.table, members: OrderBody.members,
        keys: [.init("orderId", "order_id", isFoundBehindWrites: true)]
    ) { pay in
        Item(id: String(pay.id), OrderBody(pay.details, status: pay.status.wireValue, reason: pay.reason))
    }
}
