import Contracts
import Events
import Messaging
import Persistence

/// A dish of a store, with what is left of it.
struct MenuItem: Equatable, Sendable {
    var id: Int
    var storeId: Int
    var name: String
    /// Won (KRW), no minor unit.
    var price: Int
    /// Portions, ≥ 0.
    var stock: Int
    var version: Int

    var level: StockLevel {
        StockLevel(menuItemId: id, name: name, price: price, stock: stock, version: version)
    }
}

/// The table of dishes.
enum MenuItems {
    static let columns = "id, store_id, name, price, stock, version"

    /// - Throws: `DatabaseError` with a unique violation when the store has a dish of that name.
    static func insert(
        storeId: Int, name: String, price: Int, stock: Int, in transaction: Transaction
    ) throws -> MenuItem {
        let id = try transaction.insert(
            "INSERT INTO menu_items (store_id, name, price, stock) VALUES ($1, $2, $3, $4)",
            [.integer(storeId), .text(name), .integer(price), .integer(stock)])
        let item = MenuItem(id: id, storeId: storeId, name: name, price: price, stock: stock, version: 1)
        try Stock.enter(.entered, stock, of: id, orderId: nil, in: transaction)
        try Outbox.append([MenuItemChanged(storeId: storeId, item: item.level)], in: transaction)
        return item
    }

    /// Sets price and stock as the owner counts them; the difference to the books is entered into them.
    static func update(_ item: MenuItem, price: Int, stock: Int, in transaction: Transaction) throws -> MenuItem {
        var changed = item
        (changed.price, changed.stock, changed.version) = (price, stock, item.version + 1)
        try transaction.execute(
            "UPDATE menu_items SET price = $1, stock = $2, version = $3 WHERE id = $4",
            [.integer(price), .integer(stock), .integer(changed.version), .integer(item.id)])
        if stock != item.stock {
            try Stock.enter(.entered, stock - item.stock, of: item.id, orderId: nil, in: transaction)
        }
        try Outbox.append([MenuItemChanged(storeId: item.storeId, item: changed.level)], in: transaction)
        return changed
    }

    private static let byName = "SELECT \(columns) FROM menu_items WHERE store_id = $1 AND name = $2"

    static func find(_ name: String, of storeId: Int, in connection: any Connection) throws -> MenuItem? {
        try connection.first(byName, [.integer(storeId), .text(name)], read)
    }

    static func find(id: Int, in connection: any Connection) throws -> MenuItem? {
        try connection.first("SELECT \(columns) FROM menu_items WHERE id = $1", [.integer(id)], read)
    }

    static func read(_ row: any Row) throws -> MenuItem {
        MenuItem(
            id: try row.integer(0), storeId: try row.integer(1), name: try row.text(2), price: try row.integer(3),
            stock: try row.integer(4),
            version: try row.integer(5))
    }
}
