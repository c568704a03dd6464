import Contracts
import Messaging

/// Every event that makes the customer context act.
enum CustomerPolicies {
    static let all: [Policy] = [
        .whenever(DeliveryFinished.self, "customer.raiseGrade") { try Points.credit($0, in: $1) }
    ]
}
