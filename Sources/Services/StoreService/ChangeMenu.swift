import Contracts
import Messaging
import Persistence

/// The owner adds a dish, or sets its price, its stock as counted, and whether it can be ordered; the books and the others learn of it.
enum ChangeMenu {
    /// - Throws: `DatabaseError` with a unique violation when the store has a dish of that name.
    static func add(_ item: MenuItem, in transaction: Transaction) throws -> MenuItem {
        let added = try MenuItems.table.insert(item, in: transaction)
        try Stock.enter(.entered, added.stock, of: added.id, in: transaction)
        try Outbox.append([MenuItemChanged(storeId: added.storeId, item: added.level)], in: transaction)
        return added
    }

    /// The difference to the books is entered into them.
    static func change(_ item: MenuItem, by form: MenuItemForm, in transaction: Transaction) throws -> MenuItem {
        let changed = try MenuItems.table.change(item, in: transaction, form.change)
        let difference = changed.stock - item.stock
        if difference != 0 { try Stock.enter(.entered, difference, of: item.id, in: transaction) }
        try Outbox.append([MenuItemChanged(storeId: item.storeId, item: changed.level)], in: transaction)
        return changed
    }

    /// Tells the others of every dish again: their topic may have forgotten it, and who knows it takes no notice.
    static func announceAll(in transaction: Transaction) throws {
        for item in try MenuItems.all(in: transaction) {
            try Outbox.append([MenuItemChanged(storeId: item.storeId, item: item.level)], in: transaction)
        }
    }
}
