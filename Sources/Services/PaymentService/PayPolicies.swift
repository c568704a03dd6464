import Contracts
import Messaging

/// Every event that makes payment act: the `PolicyHandler` of this context.
enum PayPolicies {
    static let all: [Policy] = [
        .whenever(OrderRejected.self, "payment.refund") {
            try RefundCustomer.refund($0.orderId, reason: $0.reason, in: $1)
        },
        .whenever(OrderCanceled.self, "payment.refundCanceled") {
            try RefundCustomer.refund($0.orderId, reason: $0.reason, in: $1)
        },
    ]
}
