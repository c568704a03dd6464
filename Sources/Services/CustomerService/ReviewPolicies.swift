import Contracts
import Messaging

/// The events that say which orders may be reviewed.
enum ReviewPolicies {
    static let all: [Policy] = [
        .whenever(PaymentApproved.self, "customer.beginMeal") { try Meals.begin($0.details, in: $1) },
        .whenever(Delivered.self, "customer.serveMeal") { event, transaction in
            try Meals.all.follow(event.orderId, in: transaction) { try $0.go(.deliver) }
        },
    ]
}
