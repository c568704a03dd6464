import Contracts
import Events
import Messaging
import Persistence

/// Every event that moves an order: the `PolicyHandler` of this context.
enum OrderPolicies {
    static let all: [Policy] = [
        .whenever(PaymentApproved.self, "order.markPaid") { try markPaid($0, in: $1) },
        .whenever(OrderAccepted.self, "order.markAccepted") { event, transaction in
            try Orders.all.follow(event.orderId, in: transaction) { try $0.go(.accept) }
        },
        .whenever(OrderRejected.self, "order.markRejected") { event, transaction in
            try Orders.all.follow(event.orderId, in: transaction) { try $0.reject(reason: event.reason) }
        },
        .whenever(CookStarted.self, "order.markCooking") { event, transaction in
            try Orders.all.follow(event.orderId, in: transaction) { try $0.go(.startCooking) }
        },
        .whenever(CookFinished.self, "order.markCooked") { event, transaction in
            try Orders.all.follow(event.orderId, in: transaction) { try $0.go(.finishCooking) }
        },
        .whenever(OrderCanceled.self, "order.markCanceled") { event, transaction in
            try Orders.all.follow(event.orderId, in: transaction) { try $0.cancel(reason: event.reason) }
        },
        .whenever(OrderCancelRefused.self, "order.unlock") { event, transaction in
            try Orders.all.follow(event.orderId, in: transaction) { try $0.refuseCancel(reason: event.reason) }
        },
        .whenever(PaymentCanceled.self, "order.markRefunded") { event, transaction in
            try Orders.all.follow(event.orderId, in: transaction) { try $0.go(.refund) }
        },
    ]

    /// Usually late news: the answer of the synchronous call came first. It counts when that answer got lost, and even
    /// when the order is not there: the money was taken, so the order stands.
    private static func markPaid(_ event: PaymentApproved, in transaction: Transaction) throws {
        let order =
            try Orders.all.find(event.key, in: transaction)
            ?? Orders.all.insert(Order(event.details, askedAt: transaction.now), in: transaction)
        try Orders.all.follow(order, in: transaction) { try $0.pay() }
    }
}
