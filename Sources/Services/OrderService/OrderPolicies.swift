import EventBus
import FoodDeliveryEvents
import Persistence

/// Every event that moves an order: the `PolicyHandler` of this context.
enum OrderPolicies {
    static let all: [Policy] = [
        .whenever(PaymentApproved.self, "order.markPaid") { try markPaid($0, in: $1) },
        .whenever(OrderAccepted.self, "order.markAccepted") { event, transaction in
            try Orders.make(.accept, event.orderId, in: transaction) { $0.cmpltTime = event.cmpltTime }
        },
        .whenever(OrderRejected.self, "order.markRejected") { event, transaction in
            try Orders.make(.reject, event.orderId, in: transaction) { $0.reason = event.reason }
        },
        .whenever(CookStarted.self, "order.markCooking") { try Orders.make(.startCooking, $0.orderId, in: $1) },
        .whenever(CookFinished.self, "order.markCooked") { try Orders.make(.finishCooking, $0.orderId, in: $1) },
        .whenever(PaymentCanceled.self, "order.markRefunded") { try Orders.make(.refund, $0.orderId, in: $1) },
    ]

    /// Usually late news: the answer of the synchronous call came first. It counts when that answer got lost, and even
    /// when the order is not there: the money was taken, so the order stands.
    private static func markPaid(_ event: PaymentApproved, in transaction: Transaction) throws {
        let orderId = event.details.orderId
        switch try Orders.status(of: orderId, in: transaction) {
        case nil:
            _ = try Orders.insert(Order(event.details), fingerprint: "", in: transaction)
            try Orders.make(.pay, orderId, in: transaction)
        case .payWait: try Orders.make(.pay, orderId, in: transaction)
        default: break
        }
    }
}
