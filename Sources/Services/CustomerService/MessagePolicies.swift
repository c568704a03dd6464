import Contracts
import Events
import Messaging
import Persistence

/// Every event that somebody is told of. Nothing here publishes, and nothing is sent here: what is entered is a row.
struct MessagePolicies: Sendable {
    /// That messages go out by first.
    let channel: Message.Channel
    /// Of the owner; empty when nobody has said.
    let ownerTel: String

    var all: [Policy] {
        [
            .notice(PaymentApproved.self, "customer.tell.PaymentApproved") { event, _, transaction in
                try Recipients.remember(event.details, in: transaction)
            },
            tell(.paymentDeferred, on: PaymentDeferred.self, of: { $0.details }) { [.time: Notice.clock($0.payBy)] },
            tell(.orderPlaced, on: OrderPlaced.self, of: { $0.details }) { [.amount: "\($0.details.totPrice)"] },
            tell(.orderAccepted, on: OrderAccepted.self) { [.time: Notice.clock($0.cmpltTime)] },
            tell(.cookDelayed, on: CookDelayed.self) { [.time: Notice.clock($0.cmpltTime)] },
            tell(.cookStarted, on: CookStarted.self),
            tell(.cookFinished, on: CookFinished.self),
            tell(.riderAssigned, on: RiderAssigned.self) { [.rider: $0.riderName, .riderTel: $0.riderTel] },
            tell(.picked, on: Picked.self),
            tell(.delivered, on: Delivered.self),
            tell(.deliveryFinished, on: DeliveryFinished.self),
            tell(.orderExpired, on: OrderExpired.self) { [.reason: $0.reason] },
            tell(.orderRejected, on: OrderRejected.self) { [.reason: $0.reason] },
            tell(.orderCanceled, on: OrderCanceled.self) { [.reason: $0.reason] },
            tell(.paymentCanceled, on: PaymentCanceled.self) { [.amount: "\($0.amount)"] },
            tell(.orderCancelRefused, on: OrderCancelRefused.self) { [.reason: $0.reason] },
            .notice(CustomerGradeChanged.self, "customer.tell.CustomerGradeChanged") { event, record, transaction in
                let customer = try Recipients.require(customer: event.custId, in: transaction)
                let text = Notice.customerGradeChanged.text([.grade: event.grade, .points: "\(event.points)"])
                _ = try enter(.customerGradeChanged, text, record, to: customer, orderId: nil, in: transaction)
            },
            .notice(ReviewCreated.self, "customer.tell.ReviewCreated") { try tellOwner($0, $1, in: $2) },
        ]
    }

    private func tell<E: Event>(
        _ notice: Notice, on event: E.Type,
        _ values: @escaping @Sendable (E) -> [Notice.Blank: String] = { _ in [:] }
    ) -> Policy {
        tell(notice, on: event, of: { _ in nil }, values)
    }

    /// - Parameter details: of an event that says whose order it is.
    private func tell<E: Event>(
        _ notice: Notice, on event: E.Type, of details: @escaping @Sendable (E) -> OrderDetails?,
        _ values: @escaping @Sendable (E) -> [Notice.Blank: String]
    ) -> Policy {
        .notice(event, "customer.tell.\(E.type)") { event, record, transaction in
            if let details = details(event) { try Recipients.remember(details, in: transaction) }
            let orderId = event.key
            var recipient = try Recipients.require(order: orderId, in: transaction)
            let text = notice.text(values(event).merging([.order: orderId]) { _, id in id })
            let isBehind = notice.step.map { $0 < recipient.step } ?? false
            guard
                let id = try enter(
                    notice, text, record, to: recipient, orderId: orderId, isSuperseded: isBehind, in: transaction),
                let step = notice.step, !isBehind
            else { return }
            if let last = recipient.messageId { try Messages.supersede(last, in: transaction) }
            (recipient.step, recipient.messageId) = (step, id)
            try Recipients.table.update(recipient, in: transaction)
        }
    }

    private func tellOwner(_ event: ReviewCreated, _ record: EventRecord, in transaction: Transaction) throws {
        let sum = event.ratings.reduce(0) { $0 + $1.rating }
        let tenths = sum * 10 / max(event.ratings.count, 1)
        let text = Notice.reviewCreated.text([.order: event.orderId, .rating: "\(tenths / 10).\(tenths % 10)"])
        _ = try Messages.enter(
            Message(
                of: record.eventId, by: channel, .reviewCreated, orderId: event.orderId, to: .owner,
                custId: event.custId, tel: ownerTel, text: text, happenedAt: record.time, now: transaction.now),
            in: transaction)
    }

    private func enter(
        _ notice: Notice, _ text: String, _ record: EventRecord, to recipient: Recipient, orderId: String?,
        isSuperseded: Bool = false, in transaction: Transaction
    ) throws -> Int? {
        var message = Message(
            of: record.eventId, by: channel, notice, orderId: orderId, to: .customer, custId: recipient.custId,
            tel: recipient.tel, text: text, happenedAt: record.time, now: transaction.now)
        message.isSuperseded = isSuperseded
        return try Messages.enter(message, in: transaction)
    }
}
