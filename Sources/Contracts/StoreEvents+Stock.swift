public import Events

/// A dish as it stands after a change, so that a view can simply take it over.
public struct StockLevel: Codable, Equatable, Sendable {
    public var menuItemId: Int
    public var name: String
    /// Won (KRW), no minor unit.
    public var price: Int
    public var stock: Int
    /// The owner has said that it cannot be ordered, whatever the stock; `nil` is no.
    public var soldOut: Bool?
    /// Grows with every change of the dish; a view ignores what is not newer than what it has.
    public var version: Int

    public init(menuItemId: Int, name: String, price: Int, stock: Int, soldOut: Bool? = nil, version: Int) {
        (self.menuItemId, self.name, self.price) = (menuItemId, name, price)
        (self.stock, self.soldOut, self.version) = (stock, soldOut, version)
    }
}

/// Stock was reserved for an order.
public struct StockDecreased: OrderEvent, Equatable {
    public static let type = "StockDecreased"
    public var orderId: String
    public var storeId: Int
    public var items: [StockLevel]
    public var violations: [String] { violations { $0.require(levels: items) } }
    public init(orderId: String, storeId: Int, items: [StockLevel]) {
        (self.orderId, self.storeId, self.items) = (orderId, storeId, items)
    }
}

/// The stock of an order that will not be cooked went back.
public struct StockIncreased: OrderEvent, Equatable {
    public static let type = "StockIncreased"
    public var orderId: String
    public var storeId: Int
    public var items: [StockLevel]
    public var violations: [String] { violations { $0.require(levels: items) } }
    public init(orderId: String, storeId: Int, items: [StockLevel]) {
        (self.orderId, self.storeId, self.items) = (orderId, storeId, items)
    }
}

/// The owner added a dish, or changed its price, its stock or whether it can be ordered.
public struct MenuItemChanged: Event, Equatable {
    public static let type = "MenuItemChanged"
    public var storeId: Int
    public var menuItemId: Int
    public var name: String
    /// Won (KRW), no minor unit.
    public var price: Int
    public var stock: Int
    /// As in ``StockLevel``.
    public var soldOut: Bool?
    public var version: Int
    public var key: String { "store-\(storeId)" }
    public var violations: [String] {
        var found = Violations()
        found.require(level: item)
        return found.list
    }

    public init(storeId: Int, item: StockLevel) {
        self.storeId = storeId
        (menuItemId, name, price) = (item.menuItemId, item.name, item.price)
        (stock, soldOut, version) = (item.stock, item.soldOut, item.version)
    }

    public var item: StockLevel {
        StockLevel(
            menuItemId: menuItemId, name: name, price: price, stock: stock, soldOut: soldOut, version: version)
    }
}
