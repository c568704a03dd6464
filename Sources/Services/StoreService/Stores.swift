import Persistence

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
}

/// The table of stores.
enum Stores {
    static let table = Table(
        "stores", Store.init(id:version:name:address:lat:lon:isOpen:), Column("id", \.id, .id),
        Column("version", \.version, .version), Column("name", \.name), Column("address", \.address),
        Column("lat", \.lat), Column("lon", \.lon), Column("is_open", \.isOpen))

    private static let any = table.select("LIMIT 1")

    static func areEmpty(in connection: any Connection) throws -> Bool { try any.first(in: connection) == nil }
}
