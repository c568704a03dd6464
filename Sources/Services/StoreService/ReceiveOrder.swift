import Contracts
import Events
import Messaging
import Persistence
import Time

/// Puts a paid order on the counter and takes its stock. It is rejected without stock, while the store is closed, and when
/// the kitchen is full.
struct ReceiveOrder: Sendable {
    /// The owner has this long to answer.
    let answerWithin: Duration
    let patience: OrderManage.Patience

    func receive(_ details: OrderDetails, in transaction: Transaction) throws {
        if try OrderManages.all.find(details.orderId, in: transaction) != nil { return }
        let order = OrderManage(details, answerBy: transaction.now + answerWithin, patience: patience)
        guard let store = try Stores.table.find(id: details.storeId, in: transaction), store.isOpen else {
            return try turnAway(order, reason: "영업 중인 가게가 아닙니다.", in: transaction)
        }
        guard try !Kitchen.isFull(store, in: transaction) else {
            return try turnAway(order, reason: "주방이 가득 찼습니다.", in: transaction)
        }
        guard let levels = try Stock.reserve(details, in: transaction) else {
            return try turnAway(order, reason: "재고가 부족합니다.", in: transaction)
        }
        try OrderManages.all.insert(order, in: transaction) { order in
            [StockDecreased(orderId: order.key, storeId: details.storeId, items: levels)]
        }
    }

    private func turnAway(_ order: OrderManage, reason: String, in transaction: Transaction) throws {
        var order = order
        let events = try order.reject(reason: reason)
        try OrderManages.all.insert(order, in: transaction) { _ in events }
    }
}
