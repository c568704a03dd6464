import Contracts
import Events
import Messaging
import Persistence
import SharedKernel
import Time

/// Every event that moves an order, and the waits that end here.
struct OrderPolicies: Sendable {
    let waits: OrderWaits

    var all: [Policy] { Self.ofStoreAndPayment + ofDelivery }

    private static let ofStoreAndPayment: [Policy] = [
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
            try Orders.all.follow(event.orderId, in: transaction) { try $0.refund() }
        },
    ]

    private var ofDelivery: [Policy] {
        [
            .whenever(RiderAssigned.self, "order.markAssigned") { event, transaction in
                try Self.show(event.version, of: event.orderId, in: transaction) { $0.show(event) }
            },
            .whenever(RiderReleased.self, "order.markReleased") { event, transaction in
                try Self.show(event.version, of: event.orderId, in: transaction) { $0.show(event) }
            },
            .whenever(Picked.self, "order.markPickedUp") { event, transaction in
                try Orders.all.follow(event.orderId, in: transaction) { try $0.go(.pickUp) }
            },
            .whenever(Delivered.self, "order.markDelivered") { event, transaction in
                let confirmBy = waits.confirmation.map { transaction.now + $0 }
                try Orders.all.follow(event.orderId, in: transaction) { try $0.deliver(confirmBy: confirmBy) }
            },
        ]
    }

    var deadlines: [Deadline] {
        [
            Deadline(Order.payment) { orderId, transaction in
                guard let order = try Orders.all.find(orderId, in: transaction), order.status == .waiting else {
                    return
                }
                try Orders.all.update(order, in: transaction) { try $0.stopWaiting() }
            },
            Deadline(Order.storeAnswer) { orderId, transaction in
                try Orders.all.follow(orderId, in: transaction) {
                    $0.requestCancelAgain(answerBy: transaction.now + waits.storeAnswer)
                }
            },
            Deadline(Order.confirmation) { orderId, transaction in
                try Orders.all.follow(orderId, in: transaction) { try $0.confirm() }
            },
        ]
    }

    /// News of a rider is no move: it may come at any time, and the latest counts.
    private static func show(
        _ version: Int, of orderId: String, in transaction: Transaction, _ show: (inout Order) -> Void
    ) throws {
        guard let order = try Orders.all.find(orderId, in: transaction) else {
            throw TooEarly("there is no such order")
        }
        guard version > order.riderVersion else { return }
        try Orders.all.update(order, in: transaction) { order in
            show(&order)
            return []
        }
    }

    /// Usually late news: the answer of the synchronous call came first. It counts when that answer got lost, and even
    /// when the order is not there: the money was taken, so the order stands.
    private static func markPaid(_ event: PaymentApproved, in transaction: Transaction) throws {
        let order =
            try Orders.all.find(event.key, in: transaction)
            ?? Orders.all.insert(Order(event.details, askedAt: transaction.now), in: transaction)
        guard order.details == event.details else { throw OtherPayment() }
        try Orders.all.follow(order, in: transaction) { try $0.pay() }
    }
}

/// The payment under an order's id is for something else, so it does not pay the order: somebody has to look.
struct OtherPayment: PermanentFailure, Equatable {}
