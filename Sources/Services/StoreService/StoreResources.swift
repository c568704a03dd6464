import HTTPServer
import Messaging
import ServiceKit
import SharedKernel

/// The resources of this service, and how their rows look on the wire.
enum StoreResources {
    static let all: [any Offer] = [orderManages, orderDtls, stores, menuItems]

    static let orderManages = Listing(
        "orderManages", of: "orderManage", OrderManages.all.table, members: OrderBody.members,
        keys: [.init("orderId", "order_id")]
    ) { order in
        Item(
            id: String(order.id),
            OrderBody(
                order.details, status: order.status.rawValue, cmpltTime: order.cmpltTime, reason: order.reason),
            links: order.moves.map { .command($0.rawValue) })
    }

    private static let orderDtls = Listing(
        "orderDtls", of: "orderDtl", OrderDtls.table, members: OrderBody.members,
        keys: [.init("orderId", "order_id")]
    ) { Item(id: String($0.id), OrderBody($0.details, status: $0.status.rawValue)) }

    static let stores = Listing(
        "stores", of: "store", Stores.table, members: ["name", "address", "lat", "lon", "open"]
    ) { store in
        let body = StoreBody(
            name: store.name, address: store.address, lat: store.lat, lon: store.lon, open: store.isOpen)
        return Item(id: String(store.id), body)
    }

    static let menuItems = Listing(
        "menuItems", of: "menuItem", MenuItems.table, members: ["storeId", "name", "price", "stock"]
    ) { item in
        let body = MenuItemBody(storeId: item.storeId, name: item.name, price: item.price, stock: item.stock)
        return Item(id: String(item.id), body, links: [.to("store", "/stores/\(item.storeId)")])
    }

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
