import HTTPServer
import Persistence
import ServiceKit

/// The table of riders, and how they look over HTTP.
enum Riders {
    static let table = Table(
        "riders", Rider.init(id:version:name:tel:place:isAvailable:deliveryId:freeCell:), Column("id", \.id, .id),
        Column("version", \.version, .version), Column("name", \.name, .fixed), Column("tel", \.tel, .fixed),
        Column(\.place, Place.columns("lat", "lon")), Column("is_available", \.isAvailable),
        Column("delivery_id", \.deliveryId), Column("free_cell", \.freeCell),
        more: [Nearest.index("riders", cell: "free_cell", lat: "lat", lon: "lon")])

    /// Of the riders who are free.
    static let nearest = Nearest("riders", cell: "free_cell", lat: "lat", lon: "lon")

    private static let any = table.select("LIMIT 1")

    static func areEmpty(in connection: any Connection) throws -> Bool { try any.first(in: connection) == nil }

    /// They neither carry anything any more nor are offered anything.
    /// - Parameter isAvailable: `false` for somebody who did not do what they promised.
    static func free(_ id: Int, isAvailable: Bool = true, in transaction: Transaction) throws {
        guard let rider = try table.find(id: id, in: transaction) else { return }
        _ = try table.change(rider, in: transaction) { rider in
            rider.deliveryId = nil
            if !isAvailable { rider.isAvailable = false }
        }
    }

    static let listing = Listing(
        "riders", of: "rider", table, members: ["name", "tel", "lat", "lon", "available", "distance"],
        searches: [FindNear.search], item: { item($0) })

    /// - Parameter distance: metres from the place that was asked for.
    static func item(_ rider: Rider, distance: Double? = nil) -> Item {
        let body = RiderBody(
            name: rider.name, tel: rider.tel, lat: rider.place.lat, lon: rider.place.lon, available: rider.isAvailable,
            distance: distance.map { Int($0.rounded()) })
        let delivery = rider.deliveryId.map { [Link.to("delivery", "/deliveries/\($0)")] } ?? []
        return Item(id: String(rider.id), body, links: delivery + [.command("position"), .command("availability")])
    }

    private struct RiderBody: Encodable {
        var name, tel: String
        var lat, lon: Double
        var available: Bool
        var distance: Int?
    }
}
