import Contracts
import HTTPServer
import Messaging
import Persistence
import ServiceKit

/// A delivery that was handed over.
struct CmpltTrt: StatusRow {
    enum Status: String, ColumnValue { case delivered = "deliveryCmplt" }

    var id = 0
    let orderId: String
    let riderId: Int
    /// ISO 8601.
    let deliveredAt: String
    var status = Status.delivered
}

/// The view of what each rider has brought (`/cmpltTrts`).
enum CmpltTrts {
    static let table = Table(
        "cmplt_trts", CmpltTrt.init(id:orderId:riderId:deliveredAt:status:), Column("id", \.id, .id),
        Column("order_id", \.orderId, .unique, .fixed), Column("rider_id", \.riderId, .fixed),
        Column("delivered_at", \.deliveredAt, .fixed), Column("status", \.status),
        more: ["CREATE INDEX cmplt_trts_rider ON cmplt_trts (rider_id, id)"])

    static let view = View(
        "delivery.cmpltTrts", table, key: "order_id",
        [
            .create(.delivered, 10, on: Delivered.self) {
                CmpltTrt(orderId: $0.orderId, riderId: $0.riderId, deliveredAt: $0.deliveredAt)
            }
        ])

    static let listing = Listing(
        "cmpltTrts", of: "cmpltTrt", table, members: ["orderId", "riderId", "deliveredAt", "status"],
        keys: [.init("orderId", "order_id")], groups: [.init("riderId", "rider_id", isNumber: true)]
    ) { trip in
        let body = CmpltTrtBody(
            orderId: trip.orderId, riderId: trip.riderId, deliveredAt: trip.deliveredAt, status: trip.status.rawValue)
        return Item(id: String(trip.id), body, links: [.to("rider", "/riders/\(trip.riderId)")])
    }

    private struct CmpltTrtBody: Encodable {
        var orderId: String
        var riderId: Int
        var deliveredAt, status: String
    }
}
