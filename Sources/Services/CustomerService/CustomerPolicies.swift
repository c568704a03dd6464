import Contracts
import Messaging

/// Every event that makes the customer context act: its `PolicyHandler`.
enum CustomerPolicies {
    static let all: [Policy] = [
        .whenever(DeliveryFinished.self, "customer.raiseGrade") { event, transaction in
            let customer =
                try Customers.all.find(event.custId, in: transaction)
                ?? Customers.all.insert(Customer(custId: event.custId), in: transaction)
            try Customers.all.update(customer, in: transaction) { $0.credit(event.totPrice) }
        }
    ]
}
