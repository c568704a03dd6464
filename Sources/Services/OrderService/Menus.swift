import Contracts
import HTTPServer
import Messaging
import Persistence
import ServiceKit

/// A dish that can be ordered.
struct Menu: Versioned {
    var id: Int
    var version: Int
    let storeId: Int
    var name: String
    /// Won (KRW), no minor unit.
    var price: Int
    var stock: Int
    /// The owner has said so, whatever the stock.
    var isSoldOut: Bool

    init(id: Int, version: Int, storeId: Int, name: String, price: Int, stock: Int, isSoldOut: Bool) {
        (self.id, self.version, self.storeId) = (id, version, storeId)
        (self.name, self.price, self.stock, self.isSoldOut) = (name, price, stock, isSoldOut)
    }

    init(_ item: StockLevel, of storeId: Int) {
        self.init(
            id: item.menuItemId, version: item.version, storeId: storeId, name: item.name, price: item.price,
            stock: item.stock, isSoldOut: item.soldOut ?? false)
    }
}

/// The dishes that can be ordered (`/menus`): a copy of what the stores announce, so that orders are taken while a
/// store is down.
enum Menus {
    static let table = Table(
        "menus", Menu.init(id:version:storeId:name:price:stock:isSoldOut:), Column("id", \.id, .id),
        Column("version", \.version, .version), Column("store_id", \.storeId, .fixed), Column("name", \.name),
        Column("price", \.price), Column("stock", \.stock),
        Column("sold_out", \.isSoldOut, .since(2, value: "0")), unique: [["store_id", "name"]])

    static let view = View(
        "order.menus", table,
        [
            .show(on: MenuItemChanged.self) { [Menu($0.item, of: $0.storeId)] },
            .show(on: StockDecreased.self) { event in event.items.map { Menu($0, of: event.storeId) } },
            .show(on: StockIncreased.self) { event in event.items.map { Menu($0, of: event.storeId) } },
        ])

    private static let byName = table.select("WHERE store_id = $1 AND name = $2")
    private static let ofStore = table.select("WHERE store_id = $1 LIMIT 1")
    private static let any = table.select("LIMIT 1")

    static func find(_ name: String, of storeId: Int, in connection: any Connection) throws -> Menu? {
        try byName.first(.integer(storeId), .text(name), in: connection)
    }

    static func isKnown(_ storeId: Int, in connection: any Connection) throws -> Bool {
        try ofStore.first(.integer(storeId), in: connection) != nil
    }

    static func isAnyKnown(in connection: any Connection) throws -> Bool { try any.first(in: connection) != nil }

    static let listing = Listing(
        "menus", of: "menu", table, members: ["storeId", "name", "price", "stock", "soldOut"],
        groups: [.init("storeId", "store_id", isNumber: true)]
    ) { menu in
        Item(
            id: String(menu.id),
            MenuBody(
                storeId: menu.storeId, name: menu.name, price: menu.price, stock: menu.stock, soldOut: menu.isSoldOut))
    }

    private struct MenuBody: Encodable {
        var storeId: Int
        var name: String
        var price: Int
        var stock: Int
        var soldOut: Bool
    }
}
