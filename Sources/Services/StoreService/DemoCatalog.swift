import Contracts
import Persistence

/// The stores and dishes that the quick start orders from; entered once, into an empty database. The first store is the one
/// of the example project.
enum DemoCatalog {
    private static let stores = [
        (
            Store(name: "배달의민족 본점", address: "경기도 성남시 분당구 불정로 6", lat: 37.3595, lon: 127.1052, isOpen: true),
            [("김치찌개", 6000), ("제육볶음", 6000), ("된장찌개", 5500), ("비빔밥", 7000)]
        ),
        (
            Store(name: "정자동 국수집", address: "경기도 성남시 분당구 정자일로 95", lat: 37.3628, lon: 127.1079, isOpen: true),
            [("잔치국수", 6500), ("비빔국수", 7000), ("김치만두", 5000)]
        ),
        (
            Store(name: "미금 통닭", address: "경기도 성남시 분당구 돌마로 80", lat: 37.3507, lon: 127.1101, isOpen: true),
            [("후라이드치킨", 18_000), ("양념치킨", 19_000), ("치즈볼", 5000)]
        ),
    ]
    private static let stock = 100_000

    static func enter(in transaction: Transaction) throws {
        guard try Stores.areEmpty(in: transaction) else { return }
        for (store, dishes) in stores {
            let store = try Stores.table.insert(store, in: transaction)
            for (name, price) in dishes {
                let item = MenuItem(storeId: store.id, name: name, price: price, stock: stock)
                _ = try ChangeMenu.add(item, in: transaction)
            }
        }
    }
}
