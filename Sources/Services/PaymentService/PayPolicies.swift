import Contracts
import Messaging
import Persistence

/// Every event that makes payment act.
struct PayPolicies: Sendable {
    let refundCustomer: RefundCustomer

    var all: [Policy] {
        [
            .whenever(OrderRejected.self, "payment.refund") { try refund($0.orderId, reason: $0.reason, in: $1) },
            .whenever(OrderCanceled.self, "payment.refundCanceled") {
                try refund($0.orderId, reason: $0.reason, in: $1)
            },
        ]
    }

    private func refund(_ orderId: String, reason: String, in transaction: Transaction) throws {
        try Pays.all.follow(orderId, in: transaction) {
            try refundCustomer.refund(&$0, reason: reason, in: transaction)
        }
    }
}
