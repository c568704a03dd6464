import Contracts
import Events
import Messaging
import Persistence

/// Every event that makes the store act, and the waits that end here.
struct OrderManagePolicies: Sendable {
    let receiveOrder: ReceiveOrder
    let decideCancellation: DecideCancellation

    var all: [Policy] {
        [
            .whenever(PaymentApproved.self, "store.receiveOrder") { try receiveOrder.receive($0.details, in: $1) },
            .whenever(OrderCancelRequested.self, "store.decideCancellation") { event, transaction in
                try OrderManages.all.follow(event.orderId, in: transaction) {
                    try decideCancellation.decide(&$0, reason: event.reason, in: transaction)
                }
            },
            .whenever(DeliveryFailed.self, "store.giveUpOrder") { event, transaction in
                // A delivery that was restored from a backup does not know what it has brought since.
                guard try !OrderDtls.isDelivered(event.orderId, in: transaction) else { return }
                try giveUp(event.orderId, reason: event.reason, in: transaction)
            },
        ]
    }

    var deadlines: [Deadline] {
        [
            Deadline(OrderManage.answer) { orderId, transaction in
                try OrderManages.all.follow(orderId, in: transaction) {
                    try RejectOrder.reject(&$0, reason: "가게가 제시간에 응답하지 않았습니다.", in: transaction)
                }
            },
            Deadline(OrderManage.startOfCooking) { orderId, transaction in
                try giveUp(orderId, reason: "가게가 제시간에 조리를 시작하지 않았습니다.", in: transaction)
            },
            Deadline(OrderManage.endOfCooking) { orderId, transaction in
                try giveUp(orderId, reason: "가게가 제시간에 조리를 마치지 못했습니다.", in: transaction)
            },
        ]
    }

    private func giveUp(_ orderId: String, reason: String, in transaction: Transaction) throws {
        try OrderManages.all.follow(orderId, in: transaction) {
            try GiveUpOrder.giveUp(&$0, reason: reason, in: transaction)
        }
    }
}
