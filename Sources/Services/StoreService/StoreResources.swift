import Contracts
import HTTPServer
import Persistence
import ServiceKit

/// The resources of this service, and how their rows look on the wire.
enum StoreResources {
    static let migrations = [orderManages.migration, orderDtls.migration, stores.migration, menuItems.migration]

    static let orderManages = Listing(
        Resource(
            "orderManages", of: "orderManage", fields: orderFields, sortable: ["id", "orderId"],
            searches: [.init("findByOrderId", "orderId")]),
        table: "order_manages", columns: OrderManages.columns, sorts: ["id": "id", "orderId": "order_id"],
        read: OrderManages.read,
        item: { stored in
            let order = stored.order
            return Item(
                id: String(stored.id), OrderBody(order.details, order.status.rawValue, order.cmpltTime, order.reason),
                links: order.moves.map { .command($0.rawValue) })
        }, version: \.version)

    static let orderDtls = Listing(
        Resource(
            "orderDtls", of: "orderDtl", fields: orderFields, sortable: ["id", "orderId"],
            searches: [.init("findByOrderId", "orderId")]),
        table: "order_dtls", columns: OrderManageView.columns, sorts: ["id": "id", "orderId": "order_id"],
        read: OrderManageView.read, item: { Item(id: String($0.id), OrderBody($0.details, $0.status, nil, nil)) })

    static let stores = Listing(
        Resource("stores", of: "store", fields: ["name", "address", "lat", "lon", "open"], sortable: ["id"]),
        table: "stores", columns: Stores.columns, sorts: ["id": "id"], read: Stores.read,
        item: {
            let body = StoreBody(name: $0.name, address: $0.address, lat: $0.lat, lon: $0.lon, open: $0.isOpen)
            return Item(id: String($0.id), body)
        }, version: \.version)

    static let menuItems = Listing(
        Resource(
            "menuItems", of: "menuItem", fields: ["storeId", "name", "price", "stock"], sortable: ["id"]),
        table: "menu_items", columns: MenuItems.columns, sorts: ["id": "id"], read: MenuItems.read,
        item: {
            let body = MenuItemBody(storeId: $0.storeId, name: $0.name, price: $0.price, stock: $0.stock)
            return Item(id: String($0.id), body, links: [.to("store", "/stores/\($0.storeId)")])
        }, version: \.version)

    private static let orderFields = ["orderId", "custId", "custAddr", "custTel", "orderInfo", "totPrice", "status"]

    private struct StoreBody: Encodable {
        var name, address: String
        var lat, lon: Double
        var open: Bool
    }

    private struct MenuItemBody: Encodable {
        var storeId: Int
        var name: String
        var price: Int
        var stock: Int
    }
}

/// The members of the seeds; the others only where there is something to say.
private struct OrderBody: Encodable {
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
