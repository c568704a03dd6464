import Contracts
import Messaging

/// Every event that makes delivery act: the `PolicyHandler` of this context.
enum DeliveryPolicies {
    static let all: [Policy] = []
}
