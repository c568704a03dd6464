import HTTPServer
import Messaging
import ServiceKit
import SharedKernel

/// The resources of this service, and how their rows look on the wire.
enum OrderResources {
    static let all: [any Offer] = [orders, orderInfos, menus]

    static let orders = Listing(
        "orders", of: "order", Orders.all.table, members: OrderBody.members, keys: [.init("orderId", "order_id")]
    ) { order in
        Item(
            id: String(order.id),
            OrderBody(
                order.details, status: order.status.wireValue, cmpltTime: order.cmpltTime, reason: order.reason))
    }

    private static let orderInfos = Listing(
        "orderInfos", of: "orderInfo", OrderInfos.table, members: OrderBody.members,
        keys: [.init("orderId", "order_id")]
    ) { info in
        Item(
            id: String(info.id),
            OrderBody(info.details, status: info.status.wireValue, cmpltTime: info.cmpltTime, reason: info.reason))
    }

    private static let menus = Listing(
        "menus", of: "menu", Menus.table, members: ["storeId", "name", "price", "stock"]
    ) { menu in
        Item(
            id: String(menu.id),
            MenuBody(storeId: menu.storeId, name: menu.name, price: menu.price, stock: menu.stock))
    }

    private struct MenuBody: Encodable {
        var storeId: Int
        var name: String
        var price: Int
        var stock: Int
    }
}
