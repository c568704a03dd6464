import Contracts
import Events
import Messaging
import Persistence

/// The dishes that can be ordered (`/menus`): a copy of what the stores announce, so that orders are taken while a
/// store is down.
enum MenuView {
    static let migrations = [
        Migration(
            "menuView", 1,
            [
                """
                CREATE TABLE menus (
                    id INTEGER PRIMARY KEY, store_id INTEGER NOT NULL, name TEXT NOT NULL, price INTEGER NOT NULL,
                    stock INTEGER NOT NULL, version INTEGER NOT NULL) STRICT
                """,
                "CREATE UNIQUE INDEX menus_dish ON menus (store_id, name)",
            ])
    ]

    static let policies: [Policy] = [
        .project(MenuItemChanged.self, "menuView.changed") { try show($0.item, of: $0.storeId, in: $1) },
        .project(StockDecreased.self, "menuView.decreased") { event, transaction in
            for item in event.items { try show(item, of: event.storeId, in: transaction) }
        },
        .project(StockIncreased.self, "menuView.increased") { event, transaction in
            for item in event.items { try show(item, of: event.storeId, in: transaction) }
        },
    ]

    /// Won; `nil` when the store has no such dish.
    static func price(of name: String, at storeId: Int, in connection: any Connection) throws -> Int? {
        try connection.first(
            "SELECT price FROM menus WHERE store_id = $1 AND name = $2", [.integer(storeId), .text(name)]
        ) { try $0.integer(0) }
    }

    static func isKnown(_ storeId: Int, in connection: any Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM menus WHERE store_id = $1 LIMIT 1", [.integer(storeId)]) { _ in true }
            ?? false
    }

    private static func show(_ item: StockLevel, of storeId: Int, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO menus (id, store_id, name, price, stock, version) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, price = excluded.price, stock = excluded.stock,
                                           version = excluded.version
            WHERE excluded.version > menus.version
            """,
            [
                .integer(item.menuItemId), .integer(storeId), .text(item.name), .integer(item.price),
                .integer(item.stock),
                .integer(item.version),
            ])
    }

    struct Stored: Sendable {
        var id: Int
        var storeId: Int
        var name: String
        var price: Int
        var stock: Int
    }

    static let columns = "id, store_id, name, price, stock"

    static func read(_ row: any Row) throws -> Stored {
        Stored(
            id: try row.integer(0), storeId: try row.integer(1), name: try row.text(2), price: try row.integer(3),
            stock: try row.integer(4))
    }
}
