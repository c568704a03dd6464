import Contracts
import Persistence

/// The store and the dishes that the quick start orders from; entered once, into an empty database.
enum DemoCatalog {
    private static let dishes = [("김치찌개", 6000), ("제육볶음", 6000), ("된장찌개", 5500), ("비빔밥", 7000)]
    private static let stock = 100_000

    static func enter(in transaction: Transaction) throws {
        guard try Stores.areEmpty(in: transaction) else { return }
        let store = try Stores.table.insert(
            Store(name: "배달의민족 본점", address: "경기도 성남시 분당구 불정로 6", lat: 37.3595, lon: 127.1052, isOpen: true),
            in: transaction)
        for (name, price) in dishes {
            let item = MenuItem(storeId: store.id, name: name, price: price, stock: stock)
            _ = try ChangeMenu.add(item, in: transaction)
        }
    }
}
