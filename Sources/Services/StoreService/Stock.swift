import Contracts
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
        var wanted: [(item: OrderItem, dish: MenuItem)] = []
        for item in details.items {
            guard let dish = try MenuItems.find(item.name, of: details.storeId, in: transaction), dish.stock >= item.qty
            else { return nil }
            wanted.append((item, dish))
        }
        return try wanted.map { item, dish in
            try enter(.sold, item.qty, of: dish.id, orderId: details.orderId, in: transaction)
            return try change(dish, by: -item.qty, in: transaction)
        }
    }

    /// Gives back what ``reserve(_:in:)`` took for the order.
    /// - Returns: the dishes as they stand now.
    static func restore(_ details: OrderDetails, in transaction: Transaction) throws -> [StockLevel] {
        let sold = try transaction.query(
            "SELECT menu_item_id, quantity FROM stock_entries WHERE order_id = $1 AND kind = 'sold' ORDER BY id",
            [.text(details.orderId)]
        ) { (id: try $0.integer(0), quantity: try $0.integer(1)) }
        return try sold.compactMap { id, quantity in
            guard let dish = try MenuItems.find(id: id, in: transaction) else { return nil }
            try enter(.restored, quantity, of: id, orderId: details.orderId, in: transaction)
            return try change(dish, by: quantity, in: transaction)
        }
    }

    static func enter(
        _ kind: Kind, _ quantity: Int, of menuItem: Int, orderId: String?, in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO stock_entries (menu_item_id, order_id, kind, quantity, entered_at) VALUES ($1, $2, $3, $4, $5)
            """,
            [
                .integer(menuItem), .optional(orderId), .text(kind.rawValue), .integer(quantity),
                .time(transaction.now),
            ])
    }

    /// The dish has changed since it was looked at; the event is handled again.
    private struct Taken: Error {}

    private static func change(
        _ dish: MenuItem, by quantity: Int, in transaction: Transaction
    ) throws -> StockLevel {
        var changed = dish
        (changed.stock, changed.version) = (dish.stock + quantity, dish.version + 1)
        let count = try transaction.execute(
            "UPDATE menu_items SET stock = $1, version = $2 WHERE id = $3 AND version = $4",
            [.integer(changed.stock), .integer(changed.version), .integer(dish.id), .integer(dish.version)])
        guard count == 1 else { throw Taken() }
        return changed.level
    }
}
