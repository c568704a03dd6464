import Contracts
import Events
import Messaging
import Persistence

/// Every event that moves an order: the `PolicyHandler` of this context.
enum OrderPolicies {
    static let all: [Policy] = [
        .whenever(PaymentApproved.self, "order.markPaid") { try markPaid($0, in: $1) },
        .whenever(OrderAccepted.self, "order.markAccepted") { event, transaction in
            try Orders.follow(.accept, event.orderId, in: transaction) { $0.cmpltTime = event.cmpltTime }
        },
        .whenever(OrderRejected.self, "order.markRejected") { event, transaction in
            try Orders.follow(.reject, event.orderId, in: transaction) { $0.reason = event.reason }
        },
        .whenever(CookStarted.self, "order.markCooking") { try Orders.follow(.startCooking, $0.orderId, in: $1) },
        .whenever(CookFinished.self, "order.markCooked") { try Orders.follow(.finishCooking, $0.orderId, in: $1) },
        .whenever(PaymentCanceled.self, "order.markRefunded") { try Orders.follow(.refund, $0.orderId, in: $1) },
    ]

    /// Usually late news: the answer of the synchronous call came first. It counts when that answer got lost, and even
    /// when the order is not there: the money was taken, so the order stands.
    private static func markPaid(_ event: PaymentApproved, in transaction: Transaction) throws {
        let orderId = event.details.orderId
        guard let status = try Orders.status(of: orderId, in: transaction) else {
            let stored = try Orders.insert(Order(event.details), fingerprint: "", in: transaction)
            _ = try Orders.make(.pay, on: stored, in: transaction)
            return
        }
        guard Order.states.news(of: .pay, in: status) != .late else { return }
        try Orders.follow(.pay, orderId, in: transaction)
    }
}
