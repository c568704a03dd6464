import Persistence

/// A restaurant: where it is, and whether it takes orders.
struct Store: Equatable, Sendable {
    var id: Int
    var name: String
    var address: String
    /// Degrees, WGS 84.
    var lat: Double
    var lon: Double
    var isOpen: Bool
    var version: Int
}

/// The table of stores.
enum Stores {
    static let migrations = [
        Migration(
            "store", 1,
            [
                """
                CREATE TABLE stores (
                    id INTEGER PRIMARY KEY, name TEXT NOT NULL, address TEXT NOT NULL, lat REAL NOT NULL,
                    lon REAL NOT NULL, is_open INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1) STRICT
                """,
                """
                CREATE TABLE menu_items (
                    id INTEGER PRIMARY KEY, store_id INTEGER NOT NULL REFERENCES stores (id),
                    name TEXT NOT NULL, price INTEGER NOT NULL CHECK (price >= 0),
                    stock INTEGER NOT NULL CHECK (stock >= 0), version INTEGER NOT NULL DEFAULT 1,
                    UNIQUE (store_id, name)) STRICT
                """,
                // Append-only: stock = entered − sold + restored. At most one of each per order and dish.
                """
                CREATE TABLE stock_entries (
                    id INTEGER PRIMARY KEY, menu_item_id INTEGER NOT NULL REFERENCES menu_items (id),
                    order_id TEXT, kind TEXT NOT NULL CHECK (kind IN ('entered', 'sold', 'restored')),
                    quantity INTEGER NOT NULL, entered_at INTEGER NOT NULL) STRICT
                """,
                """
                CREATE UNIQUE INDEX stock_entries_order ON stock_entries (order_id, menu_item_id, kind)
                WHERE order_id IS NOT NULL
                """,
            ])
    ]

    /// - Returns: the store with the id it was given.
    static func insert(_ store: Store, in transaction: Transaction) throws -> Store {
        var store = store
        store.id = try transaction.insert(
            "INSERT INTO stores (name, address, lat, lon, is_open) VALUES ($1, $2, $3, $4, $5)",
            [
                .text(store.name), .text(store.address), .real(store.lat), .real(store.lon),
                .integer(store.isOpen ? 1 : 0),
            ])
        return store
    }

    static let columns = "id, name, address, lat, lon, is_open, version"
    private static let byId = "SELECT \(columns) FROM stores WHERE id = $1"

    static func find(id: Int, in connection: any Connection) throws -> Store? {
        try connection.first(byId, [.integer(id)], read)
    }

    /// - Returns: the store with its next version.
    static func update(_ store: Store, in transaction: Transaction) throws -> Store {
        var store = store
        store.version += 1
        try transaction.execute(
            "UPDATE stores SET name = $1, address = $2, lat = $3, lon = $4, is_open = $5, version = $6 WHERE id = $7",
            [
                .text(store.name), .text(store.address), .real(store.lat), .real(store.lon),
                .integer(store.isOpen ? 1 : 0), .integer(store.version), .integer(store.id),
            ])
        return store
    }

    static func read(_ row: any Row) throws -> Store {
        Store(
            id: try row.integer(0), name: try row.text(1), address: try row.text(2), lat: try row.real(3),
            lon: try row.real(4),
            isOpen: try row.integer(5) == 1, version: try row.integer(6))
    }
}
