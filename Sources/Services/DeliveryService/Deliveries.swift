import HTTPServer
import Messaging
import Persistence
import ServiceKit
import Time

/// The table of deliveries, and how they look over HTTP.
enum Deliveries {
    static let all = Repository(
        Table(
            "deliveries",
            Delivery.init(
                row:version:trip:status:kitchen:cmpltTime:delayVersion:riderId:round:isAwaited:until:searchUntil:
                deliveredAt:reason:openCell:),
            Column("id", \.id, .id), Column("version", \.version, .version), Column(\.trip, Trip.columns),
            Column("status", \.status), Column("kitchen", \.kitchen), Column("cmplt_time", \.cmpltTime),
            Column("delay_version", \.delayVersion), Column("rider_id", \.riderId), Column("round", \.round),
            Column("is_awaited", \.isAwaited), Column("until", \.until), Column("search_until", \.searchUntil),
            Column("delivered_at", \.deliveredAt), Column("reason", \.reason), Column("open_cell", \.openCell),
            more: [Nearest.index("deliveries", cell: "open_cell", lat: "store_lat", lon: "store_lon")]),
        of: "delivery", key: "order_id")

    static let listing = Listing(
        "deliveries", of: "delivery", all.table,
        members: [
            "orderId", "status", "riderId", "storeName", "storeAddress", "storeLat", "storeLon", "custAddr", "custTel",
            "orderInfo", "cmpltTime", "cookStatus", "deliveredAt", "reason",
        ], keys: [.init("orderId", "order_id")]
    ) { delivery in
        Item(
            id: String(delivery.id), DeliveryBody(delivery),
            links: delivery.moves.map { .command($0.rawValue) }
                + (delivery.riderId.map { [.to("rider", "/riders/\($0)")] } ?? []))
    }

    private struct DeliveryBody: Encodable {
        var orderId, status: String
        var riderId: Int?
        var storeName, storeAddress: String
        var storeLat, storeLon: Double
        var custAddr, custTel, orderInfo, cmpltTime, cookStatus: String
        var deliveredAt, reason: String?

        init(_ delivery: Delivery) {
            (orderId, status, riderId) = (delivery.key, delivery.status.rawValue, delivery.riderId)
            (storeName, storeAddress) = (delivery.trip.storeName, delivery.trip.storeAddress)
            (storeLat, storeLon) = (delivery.trip.store.lat, delivery.trip.store.lon)
            (custAddr, custTel) = (delivery.trip.custAddr, delivery.trip.custTel)
            (orderInfo, cmpltTime) = (delivery.trip.orderInfo, delivery.cmpltTime)
            (cookStatus, deliveredAt) = (delivery.kitchen.rawValue, delivery.deliveredAt)
            reason = delivery.reason
        }
    }
}

extension Delivery {
    /// As the table holds it: `openCell` follows from the others, and is there for its index.
    fileprivate init(
        row id: Int, version: Int, trip: Trip, status: Status, kitchen: Kitchen, cmpltTime: String, delayVersion: Int,
        riderId: Int?, round: Int, isAwaited: Bool, until: Timestamp, searchUntil: Timestamp?, deliveredAt: String?,
        reason: String?, openCell _: Int?
    ) {
        self.init(
            id: id, version: version, trip: trip, status: status, kitchen: kitchen, cmpltTime: cmpltTime,
            delayVersion: delayVersion, riderId: riderId, round: round, isAwaited: isAwaited, until: until,
            searchUntil: searchUntil, deliveredAt: deliveredAt, reason: reason)
    }
}
