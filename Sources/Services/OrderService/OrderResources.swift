import Contracts
import HTTPServer
import Persistence
import ServiceKit

/// The resources of this service, and how their rows look on the wire.
enum OrderResources {
    static let migrations = [orders.migration, orderInfos.migration, menus.migration]

    static let orders = Listing(
        Resource(
            "orders", of: "order", fields: fields, sortable: ["id", "orderId"],
            searches: [.init("findByOrderId", "orderId")]),
        table: "orders", columns: Orders.columns, sorts: ["id": "id", "orderId": "order_id"], read: Orders.read,
        item: {
            Item(id: String($0.id), Body($0.order.details, $0.order.status.word, $0.order.cmpltTime, $0.order.reason))
        },
        version: \.version)

    static let orderInfos = Listing(
        Resource(
            "orderInfos", of: "orderInfo", fields: fields, sortable: ["id", "orderId"],
            searches: [.init("findByOrderId", "orderId")]),
        table: "order_infos", columns: OrderView.columns, sorts: ["id": "id", "orderId": "order_id"],
        read: OrderView.read,
        item: { Item(id: String($0.id), Body($0.details, $0.status, $0.cmpltTime, $0.reason)) })

    static let menus = Listing(
        Resource("menus", of: "menu", fields: ["storeId", "name", "price", "stock"], sortable: ["id"]),
        table: "menus", columns: MenuView.columns, sorts: ["id": "id"], read: MenuView.read,
        item: {
            Item(id: String($0.id), MenuBody(storeId: $0.storeId, name: $0.name, price: $0.price, stock: $0.stock))
        })

    private static let fields = ["orderId", "custId", "custAddr", "custTel", "orderInfo", "totPrice", "status"]

    /// The members of the seeds; the others only where there is something to say.
    private struct Body: Encodable {
        var orderId, custId, custAddr, custTel, orderInfo: String
        var totPrice: Int
        var status: String
        /// Left out for the demo store, as in the seeds.
        var storeId: Int?
        var cmpltTime: String?
        var reason: String?

        init(_ details: OrderDetails, _ status: String, _ cmpltTime: String?, _ reason: String?) {
            (orderId, custId, custAddr) = (details.orderId, details.custId, details.custAddr)
            (custTel, orderInfo, totPrice) = (details.custTel, details.orderInfo, details.totPrice)
            storeId = details.storeId == DemoStore.id ? nil : details.storeId
            (self.status, self.cmpltTime, self.reason) = (status, cmpltTime, reason)
        }
    }

    private struct MenuBody: Encodable {
        var storeId: Int
        var name: String
        var price: Int
        var stock: Int
    }
}
