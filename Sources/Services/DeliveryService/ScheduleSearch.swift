import Contracts
import Events
import Messaging
import Persistence
import Time

/// An order was accepted: its rider is looked for shortly before the food is ready.
struct ScheduleSearch: Sendable {
    let times: DeliveryTimes
    let searchRiders: SearchRiders

    /// Nobody is asked to bring what has been ready for longer.
    private static let tooOld = Duration.seconds(24 * 3600)

    func schedule(_ event: OrderAccepted, in transaction: Transaction) throws {
        let ready = try event.cmpltTime.asTime()
        guard try Deliveries.all.find(event.orderId, in: transaction) == nil else { return }
        var delivery = Delivery(
            trip: Trip(event), cmpltTime: event.cmpltTime, until: max(transaction.now, ready - times.lead))
        var events: [any Event] = []
        if let withdrawal = try Withdrawals.find(event.orderId, in: transaction) {
            events = try delivery.cancel(reason: withdrawal.reason)
        } else if transaction.now - ready > Self.tooOld {
            let told = try delivery.fail(reason: "음식이 준비된 지 너무 오래되어 배달할 수 없습니다.")
            // What is older than this service was brought by somebody else.
            if let birth = try Migration.firstApplied(in: transaction), ready >= birth { events = told }
        }
        let entered = try Deliveries.all.insert(delivery, in: transaction) { _ in events }
        guard entered.status == .scheduled, entered.until <= transaction.now else { return }
        try Deliveries.all.update(entered, in: transaction) { try searchRiders.search(&$0, in: transaction) }
    }
}
