import HTTPServer
import Messaging
import Persistence
import ServiceKit

/// The table of customers, and how they look over HTTP.
enum Customers {
    static let all = Repository(
        Table(
            "customers", Customer.init(id:version:custId:grade:points:deliveredOrders:), Column("id", \.id, .id),
            Column("version", \.version, .version), Column("cust_id", \.custId, .unique, .fixed),
            Column("grade", \.grade), Column("points", \.points), Column("delivered_orders", \.deliveredOrders)),
        of: "customer", key: "cust_id")

    static let listing = Listing(
        "customers", of: "customer", all.table, members: ["custId", "grade", "points", "deliveredOrders"],
        keys: [.init("custId", "cust_id")]
    ) { customer in
        let body = CustomerBody(
            custId: customer.custId, grade: customer.grade.rawValue, points: customer.points,
            deliveredOrders: customer.deliveredOrders)
        return Item(id: String(customer.id), body)
    }

    private struct CustomerBody: Encodable {
        var custId, grade: String
        var points, deliveredOrders: Int
    }
}
