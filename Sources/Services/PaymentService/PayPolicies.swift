import Contracts
import Messaging

/// Every event that makes payment act: the `PolicyHandler` of this context.
struct PayPolicies: Sendable {
    let refundCustomer: RefundCustomer

    var all: [Policy] {
        [
            .whenever(OrderRejected.self, "payment.refund") { event, transaction in
                try Pays.all.follow(event.orderId, in: transaction) {
                    try refundCustomer.refund(&$0, reason: event.reason, in: transaction)
                }
            },
            .whenever(OrderCanceled.self, "payment.refundCanceled") { event, transaction in
                try Pays.all.follow(event.orderId, in: transaction) {
                    try refundCustomer.refund(&$0, reason: event.reason, in: transaction)
                }
            },
        ]
    }
}
