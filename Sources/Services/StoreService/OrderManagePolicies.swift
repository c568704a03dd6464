import Contracts
import Events
import Messaging
import Persistence
import Telemetry
import Time

/// Every event that makes the store act: the `PolicyHandler` of this context, and the waits that end here.
struct OrderManagePolicies: Sendable {
    /// The owner has this long to answer.
    let answerWithin: Duration
    let uptime: Uptime

    var all: [Policy] {
        [.whenever(PaymentApproved.self, "store.receiveOrder") { try receive($0.details, in: $1) }]
    }

    var deadlines: [Deadline] {
        [Deadline(Self.answer) { try rejectUnanswered($0, in: $1) }]
    }

    /// The owner accepts or rejects.
    static let answer = "store.answer"

    /// Puts the order on the counter and takes its stock; without stock, or while the store is closed, it is rejected.
    private func receive(_ details: OrderDetails, in transaction: Transaction) throws {
        if try OrderManages.find(orderId: details.orderId, in: transaction) != nil { return }
        guard try Stores.find(id: details.storeId, in: transaction)?.isOpen == true else {
            return try turnAway(details, reason: "영업 중인 가게가 아닙니다.", in: transaction)
        }
        guard let levels = try Stock.reserve(details, in: transaction) else {
            return try turnAway(details, reason: "재고가 부족합니다.", in: transaction)
        }
        try OrderManages.insert(OrderManage(details), in: transaction)
        try Deadlines.set(Self.answer, for: details.orderId, after: answerWithin, by: uptime, in: transaction)
        let event = StockDecreased(orderId: details.orderId, storeId: details.storeId, items: levels)
        try Outbox.append([event], in: transaction)
    }

    private func turnAway(_ details: OrderDetails, reason: String, in transaction: Transaction) throws {
        var order = OrderManage(details)
        let events = try order.reject(reason: reason)
        try OrderManages.insert(order, in: transaction)
        try Outbox.append(events, in: transaction)
    }

    private func rejectUnanswered(_ orderId: String, in transaction: Transaction) throws {
        guard let stored = try OrderManages.find(orderId: orderId, in: transaction),
            stored.order.status == .orderCmplt
        else { return }
        try Self.reject(stored, reason: "가게가 제시간에 응답하지 않았습니다.", in: transaction)
    }

    /// Rejects, and gives the stock back.
    @discardableResult
    static func reject(
        _ stored: OrderManages.Stored, reason: String, in transaction: Transaction
    ) throws -> OrderManages.Stored {
        let details = stored.order.details
        let rejected = try OrderManages.update(stored, in: transaction) { order in
            let events = try order.reject(reason: reason)
            let levels = try Stock.restore(details, in: transaction)
            return events + [StockIncreased(orderId: details.orderId, storeId: details.storeId, items: levels)]
        }
        try Deadlines.clear(answer, for: details.orderId, in: transaction)
        return rejected
    }
}
