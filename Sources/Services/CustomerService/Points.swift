import Contracts
import Messaging
import Persistence
import Time

/// What delivered orders have brought their customers.
enum Points {
    /// Append-only: a customer's points are the sum, and no order counts twice.
    struct Entry: Record {
        var id = 0
        let custId: String
        let orderId: String
        let points: Int
        let enteredAt: Timestamp
    }

    static let table = Table(
        "point_entries", Entry.init(id:custId:orderId:points:enteredAt:), Column("id", \.id, .id),
        Column("cust_id", \.custId), Column("order_id", \.orderId, .unique), Column("points", \.points),
        Column("entered_at", \.enteredAt), isCounted: false)

    private static let ofOrder = table.select("WHERE order_id = $1")

    /// The deal is closed, so nothing takes the points back.
    static func credit(_ event: DeliveryFinished, in transaction: Transaction) throws {
        guard try ofOrder.first(.text(event.orderId), in: transaction) == nil else { return }
        let points = Customer.points(for: event.totPrice)
        _ = try table.insert(
            Entry(custId: event.custId, orderId: event.orderId, points: points, enteredAt: transaction.now),
            in: transaction)
        let customer =
            try Customers.all.find(event.custId, in: transaction)
            ?? Customers.all.insert(Customer(custId: event.custId), in: transaction)
        try Customers.all.update(customer, in: transaction) { $0.credit(points) }
    }
}
