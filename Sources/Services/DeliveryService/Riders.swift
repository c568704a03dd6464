import HTTPServer
import Persistence
import ServiceKit

/// Somebody who brings orders.
struct Rider: Versioned, Equatable {
    var id = 0
    var version = 1
    var name: String
    var tel: String
    /// Degrees, WGS 84.
    var lat: Double
    var lon: Double
}

/// The table of riders, and how they look over HTTP.
enum Riders {
    static let table = Table(
        "riders", Rider.init(id:version:name:tel:lat:lon:), Column("id", \.id, .id),
        Column("version", \.version, .version), Column("name", \.name), Column("tel", \.tel), Column("lat", \.lat),
        Column("lon", \.lon))

    static let listing = Listing("riders", of: "rider", table, members: ["name", "tel", "lat", "lon"]) { rider in
        Item(id: String(rider.id), RiderBody(name: rider.name, tel: rider.tel, lat: rider.lat, lon: rider.lon))
    }

    private struct RiderBody: Encodable {
        var name, tel: String
        var lat, lon: Double
    }
}
