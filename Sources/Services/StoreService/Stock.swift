import Contracts
import Persistence
import Time

/// Taking stock for an order and giving it back; every move is an entry in the stock ledger.
enum Stock {
    /// Append-only: stock = entered − sold + restored.
    struct Entry: Record {
        enum Kind: String, ColumnValue { case entered, sold, restored }

        var id = 0
        let menuItemId: Int
        let orderId: String?
        let kind: Kind
        let quantity: Int
        let enteredAt: Timestamp
    }

    static let table = Table(
        "stock_entries", Entry.init(id:menuItemId:orderId:kind:quantity:enteredAt:), Column("id", \.id, .id),
        Column("menu_item_id", \.menuItemId, .references("menu_items")), Column("order_id", \.orderId),
        Column("kind", \.kind), Column("quantity", \.quantity), Column("entered_at", \.enteredAt),
        // At most one of each per order and dish.
        more: [
            "CREATE UNIQUE INDEX stock_entries_order ON stock_entries (order_id, menu_item_id, kind) WHERE order_id IS NOT NULL"
        ], isCounted: false)

    private static let soldTo = table.select("WHERE order_id = $1 AND kind = 'sold' ORDER BY id")

    /// Takes everything the order needs, or nothing.
    /// - Returns: the dishes as they stand now; `nil` when one of them is short, sold out, unknown, named twice or without a
    ///   quantity above 0, then nothing was taken.
    static func reserve(_ details: OrderDetails, in transaction: Transaction) throws -> [StockLevel]? {
        let items = details.items
        guard items.allSatisfy({ $0.qty > 0 }), Set(items.map(\.name)).count == items.count else { return nil }
        var wanted: [(item: OrderItem, dish: MenuItem)] = []
        for item in items {
            guard let dish = try MenuItems.find(item.name, of: details.storeId, in: transaction),
                !dish.isSoldOut, dish.stock >= item.qty
            else { return nil }
            wanted.append((item, dish))
        }
        return try wanted.map { item, dish in
            try enter(.sold, item.qty, of: dish.id, for: details.orderId, in: transaction)
            return try change(dish, by: -item.qty, in: transaction)
        }
    }

    /// Gives back what ``reserve(_:in:)`` took for the order.
    /// - Returns: what to tell the others, with the dishes as they stand now.
    static func restore(_ details: OrderDetails, in transaction: Transaction) throws -> StockIncreased {
        let levels: [StockLevel] = try soldTo.all(.text(details.orderId), in: transaction).compactMap { sold in
            guard let dish = try MenuItems.table.find(id: sold.menuItemId, in: transaction) else { return nil }
            try enter(.restored, sold.quantity, of: dish.id, for: details.orderId, in: transaction)
            return try change(dish, by: sold.quantity, in: transaction)
        }
        return StockIncreased(orderId: details.orderId, storeId: details.storeId, items: levels)
    }

    static func enter(
        _ kind: Entry.Kind, _ quantity: Int, of menuItemId: Int, for orderId: String? = nil, in transaction: Transaction
    ) throws {
        let entry = Entry(
            menuItemId: menuItemId, orderId: orderId, kind: kind, quantity: quantity, enteredAt: transaction.now)
        _ = try table.insert(entry, in: transaction)
    }

    private static func change(_ dish: MenuItem, by quantity: Int, in transaction: Transaction) throws -> StockLevel {
        try MenuItems.table.change(dish, in: transaction) { $0.stock += quantity }.level
    }
}
