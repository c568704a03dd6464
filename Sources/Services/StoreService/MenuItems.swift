import Contracts
import HTTPServer
import Persistence
import ServiceKit

/// A dish of a store, with what is left of it.
struct MenuItem: Versioned, Equatable {
    var id = 0
    var version = 1
    let storeId: Int
    let name: String
    /// Won (KRW), no minor unit.
    var price: Int
    /// Portions, ≥ 0.
    var stock: Int
    /// It cannot be ordered, whatever the stock.
    var isSoldOut = false

    var level: StockLevel {
        StockLevel(
            menuItemId: id, name: name, price: price, stock: stock, soldOut: isSoldOut ? true : nil, version: version)
    }
}

/// The table of dishes, and how they look over HTTP.
enum MenuItems {
    static let table = Table(
        "menu_items", MenuItem.init(id:version:storeId:name:price:stock:isSoldOut:),
        Column("id", \.id, .id), Column("version", \.version, .version),
        Column("store_id", \.storeId, .fixed, .references("stores")),
        Column("name", \.name, .fixed), Column("price", \.price, .check("price >= 0")),
        Column("stock", \.stock, .check("stock >= 0")), Column("sold_out", \.isSoldOut, .since(2, value: "0")),
        unique: [["store_id", "name"]])

    private static let byName = table.select("WHERE store_id = $1 AND name = $2")

    private static let everyone = table.select("ORDER BY id")

    static func all(in connection: any Connection) throws -> [MenuItem] { try everyone.all(in: connection) }

    static func find(_ name: String, of storeId: Int, in connection: any Connection) throws -> MenuItem? {
        try byName.first(.integer(storeId), .text(name), in: connection)
    }

    static let listing = Listing(
        "menuItems", of: "menuItem", table, members: ["storeId", "name", "price", "stock", "soldOut"],
        groups: [.init("storeId", "store_id", isNumber: true)]
    ) { item in
        let body = MenuItemBody(
            storeId: item.storeId, name: item.name, price: item.price, stock: item.stock, soldOut: item.isSoldOut)
        return Item(id: String(item.id), body, links: [.to("store", "/stores/\(item.storeId)")])
    }

    private struct MenuItemBody: Encodable {
        var storeId: Int
        var name: String
        var price: Int
        var stock: Int
        var soldOut: Bool
    }
}
