import FoodDeliveryEvents
import Persistence

/// Taking stock for an order and giving it back; every move is an entry in the stock ledger.
enum Stock {
    enum Kind: String, Sendable { case entered, sold, restored }

    /// Takes everything the order needs, or nothing.
    /// - Returns: the dishes as they stand now; `nil` when one of them is short, unknown, named twice or without a
    ///   quantity above 0, then nothing was taken.
    static func reserve(_ details: OrderDetails, in transaction: Transaction) throws -> [StockLevel]? {
        guard details.items.allSatisfy({ $0.qty > 0 }), Set(details.items.map(\.name)).count == details.items.count
        else { return nil }
        let isThere = try details.items.allSatisfy { item in
            try transaction.first(
                "SELECT stock FROM menu_items WHERE store_id = $1 AND name = $2",
                [.int(details.storeId), .text(item.name)]
            ) { $0.int(0) >= item.qty } ?? false
        }
        guard isThere else { return nil }
        return try details.items.map { item in
            guard let left = try change(item.name, of: details.storeId, by: -item.qty, in: transaction) else {
                throw Taken()
            }
            try enter(.sold, item.qty, of: Int64(left.menuItemId), orderId: details.orderId, in: transaction)
            return left
        }
    }

    /// Gives back what ``reserve(_:in:)`` took for the order.
    /// - Returns: the dishes as they stand now.
    static func restore(_ details: OrderDetails, in transaction: Transaction) throws -> [StockLevel] {
        let sold = try transaction.query(
            """
            SELECT name, quantity FROM stock_entries JOIN menu_items ON menu_items.id = menu_item_id
            WHERE order_id = $1 AND kind = 'sold' ORDER BY stock_entries.id
            """, [.text(details.orderId)]
        ) { OrderItem(name: $0.text(0), qty: $0.int(1)) }
        return try sold.compactMap { item in
            guard let left = try change(item.name, of: details.storeId, by: item.qty, in: transaction) else {
                return nil
            }
            try enter(.restored, item.qty, of: Int64(left.menuItemId), orderId: details.orderId, in: transaction)
            return left
        }
    }

    static func enter(
        _ kind: Kind, _ quantity: Int, of menuItem: Int64, orderId: String?, in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO stock_entries (menu_item_id, order_id, kind, quantity, entered_at) VALUES ($1, $2, $3, $4, $5)
            """,
            [
                .integer(menuItem), .optional(orderId), .text(kind.rawValue), .int(quantity), .integer(transaction.now),
            ])
    }

    /// Somebody else took the stock since it was looked at; the event is handled again.
    private struct Taken: Error {}

    private static let changeByName = """
        UPDATE menu_items SET stock = stock + $1, version = version + 1
        WHERE store_id = $2 AND name = $3 AND stock + $1 >= 0
        RETURNING \(MenuItems.columns)
        """

    private static func change(
        _ name: String, of storeId: Int, by quantity: Int, in transaction: Transaction
    ) throws -> StockLevel? {
        try transaction.first(changeByName, [.int(quantity), .int(storeId), .text(name)]) { MenuItems.read($0).level }
    }
}
