import HTTPServer
import Messaging
import Persistence
import ServiceKit

/// Deliveries as riders look for them (`/deliveryInfos`): what everybody may know.
enum DeliveryInfos {
    /// Of the deliveries that no rider has yet.
    static let nearest = Nearest("deliveries", cell: "open_cell", lat: "store_lat", lon: "store_lon")

    static let listing = Listing(
        "deliveryInfos", of: "deliveryInfo", Deliveries.all.table,
        members: [
            "orderId", "status", "storeName", "storeAddress", "lat", "lon", "custAddr", "orderInfo", "cmpltTime",
            "cookStatus", "distance",
        ], keys: [.init("orderId", "order_id")], searches: [FindNear.search], item: { item($0) })

    /// - Parameter distance: metres to the store, from the place that was asked for.
    static func item(_ delivery: Delivery, distance: Double? = nil) -> Item {
        let body = DeliveryInfoBody(
            orderId: delivery.key, status: delivery.status.rawValue, storeName: delivery.trip.storeName,
            storeAddress: delivery.trip.storeAddress, lat: delivery.trip.store.lat, lon: delivery.trip.store.lon,
            custAddr: delivery.trip.custAddr, orderInfo: delivery.trip.orderInfo, cmpltTime: delivery.cmpltTime,
            cookStatus: delivery.kitchen.rawValue, distance: distance.map { Int($0.rounded()) })
        return Item(id: String(delivery.id), body, links: [.to("delivery", "/deliveries/\(delivery.id)")])
    }

    private struct DeliveryInfoBody: Encodable {
        var orderId, status, storeName, storeAddress: String
        var lat, lon: Double
        var custAddr, orderInfo, cmpltTime, cookStatus: String
        var distance: Int?
    }
}
