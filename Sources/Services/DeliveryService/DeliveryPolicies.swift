import Contracts
import Events
import Messaging
import Persistence

/// Every event that makes delivery act, and the waits that end here.
struct DeliveryPolicies: Sendable {
    let scheduleSearch: ScheduleSearch
    let searchRiders: SearchRiders
    let endDelivery: EndDelivery

    private var times: DeliveryTimes { scheduleSearch.times }

    var all: [Policy] {
        [
            .whenever(OrderAccepted.self, "delivery.scheduleRiderSearch") { try scheduleSearch.schedule($0, in: $1) },
            .whenever(CookDelayed.self, "delivery.moveRiderSearch") { event, transaction in
                try Deliveries.all.follow(event.orderId, in: transaction) {
                    try $0.delay(event, times, now: transaction.now)
                }
            },
            .whenever(CookStarted.self, "delivery.noteCooking") { event, transaction in
                try Deliveries.all.follow(event.orderId, in: transaction) {
                    try $0.cook(.cooking, times, now: transaction.now)
                }
            },
            .whenever(CookFinished.self, "delivery.noteCooked") { event, transaction in
                try Deliveries.all.follow(event.orderId, in: transaction) {
                    try $0.cook(.cooked, times, now: transaction.now)
                }
            },
            .whenever(OrderCanceled.self, "delivery.cancelDelivery") { event, transaction in
                try cancel(event.orderId, reason: event.reason, in: transaction)
            },
            // Our store rejects nothing that it has accepted; another one may.
            .whenever(OrderRejected.self, "delivery.cancelRejected") { event, transaction in
                try cancel(event.orderId, reason: event.reason, in: transaction)
            },
        ]
    }

    private func cancel(_ orderId: String, reason: String, in transaction: Transaction) throws {
        guard let delivery = try Deliveries.all.find(orderId, in: transaction) else {
            return try Withdrawals.enter(orderId, reason: reason, in: transaction)
        }
        try Deliveries.all.follow(delivery, in: transaction) {
            try endDelivery.cancel(&$0, reason: reason, in: transaction)
        }
    }

    var deadlines: [Deadline] {
        [
            on(Delivery.startSearch) { try searchRiders.search(&$0, in: $1) },
            on(Delivery.searchAgain) { try searchRiders.search(&$0, in: $1) },
            on(Delivery.lapse) { try searchRiders.lapse(&$0, in: $1) },
            on(Delivery.giveUp) {
                try endDelivery.fail(&$0, reason: "배달할 라이더를 찾지 못했습니다.", in: $1)
            },
            on(Delivery.pickUp) { try endDelivery.release(&$0, in: $1) },
            on(Delivery.arrive) {
                try endDelivery.fail(&$0, reason: "음식이 제시간에 도착하지 않았습니다.", isRidersFault: true, in: $1)
            },
        ]
    }

    private func on(
        _ wait: String, _ end: @escaping @Sendable (inout Delivery, Transaction) throws -> [any Event]
    ) -> Deadline {
        Deadline(wait) { orderId, transaction in
            try Deliveries.all.follow(orderId, in: transaction) { try end(&$0, transaction) }
        }
    }
}
