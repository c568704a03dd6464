import HTTPServer
import Persistence
import ServiceKit

/// A restaurant: where it is, and whether it takes orders.
struct Store: Versioned, Equatable {
    var id = 0
    var version = 1
    var name: String
    var address: String
    /// Degrees, WGS 84.
    var lat: Double
    var lon: Double
    var isOpen: Bool
    /// How many orders it can have to do at once; `nil` for no limit.
    var kitchenCapacity: Int?
}

/// The table of stores, and how they look over HTTP.
enum Stores {
    static let table = Table(
        "stores", Store.init(id:version:name:address:lat:lon:isOpen:kitchenCapacity:),
        Column("id", \.id, .id), Column("version", \.version, .version), Column("name", \.name),
        Column("address", \.address),
        Column("lat", \.lat), Column("lon", \.lon), Column("is_open", \.isOpen),
        Column("kitchen_capacity", \.kitchenCapacity, .since(2, value: "NULL")))

    private static let any = table.select("LIMIT 1")

    static func areEmpty(in connection: any Connection) throws -> Bool { try any.first(in: connection) == nil }

    static let listing = Listing(
        "stores", of: "store", table, members: ["name", "address", "lat", "lon", "open", "kitchenCapacity"]
    ) { store in
        let body = StoreBody(
            name: store.name, address: store.address, lat: store.lat, lon: store.lon, open: store.isOpen,
            kitchenCapacity: store.kitchenCapacity)
        return Item(
            id: String(store.id), body,
            links: [.to("menuItems", "/menuItems/search/findByStoreId?storeId=\(store.id)")])
    }

    private struct StoreBody: Encodable {
        var name, address: String
        var lat, lon: Double
        var open: Bool
        var kitchenCapacity: Int?
    }
}
