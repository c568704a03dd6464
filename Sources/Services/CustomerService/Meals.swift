import Contracts
import Messaging
import Persistence

/// The table of what customers may review.
enum Meals {
    static let all = Repository(
        Table(
            "meals", Meal.init(id:version:orderId:custId:storeId:orderInfo:status:), Column("id", \.id, .id),
            Column("version", \.version, .version), Column("order_id", \.orderId, .unique, .fixed),
            Column("cust_id", \.custId, .fixed), Column("store_id", \.storeId, .fixed),
            Column("order_info", \.orderInfo, .fixed), Column("status", \.status), isCounted: false),
        of: "order", key: "order_id")

    static func begin(_ details: OrderDetails, in transaction: Transaction) throws {
        guard try all.find(details.orderId, in: transaction) == nil else { return }
        let meal = Meal(
            orderId: details.orderId, custId: details.custId, storeId: details.storeId, orderInfo: details.orderInfo)
        try all.insert(meal, in: transaction)
    }
}
