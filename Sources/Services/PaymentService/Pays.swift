import Contracts
import Messaging
import Persistence
import SharedKernel

/// The table of payments, one per order.
enum Pays {
    static let all = Repository(
        Table(
            "pays", Pay.init(id:version:_:status:reason:), Column("id", \.id, .id),
            Column("version", \.version, .version), Column(\.details, OrderDetails.columns),
            Column("status", \.status), Column("reason", \.reason)),
        of: "pay", key: "order_id")
}
