import Events
import Persistence

/// Asks the nearest riders who are free: one, then two, then four, until somebody accepts.
struct SearchRiders: Sendable {
    let times: DeliveryTimes
    /// Metres; nobody comes from farther away.
    let radius: Double

    private static let mostOffers = 64

    func callAsFunction(_ delivery: inout Delivery, in transaction: Transaction) throws -> [any Event] {
        let count = min(1 << min(delivery.round, 16), Self.mostOffers)
        let riders = try Riders.nearest(
            count, to: delivery.trip.store, within: radius,
            but: Offers.refusers(of: delivery, in: transaction), in: transaction)
        if riders.isEmpty { return try delivery.awaitRider(times, now: transaction.now) }
        let events = try delivery.offer(to: riders, times, now: transaction.now)
        for rider in riders { try Offers.make(of: delivery, to: rider, in: transaction) }
        return events
    }

    /// Nobody has answered in time.
    func lapse(_ delivery: inout Delivery, in transaction: Transaction) throws -> [any Event] {
        try Offers.end(.lapse, of: delivery, in: transaction)
        return try self(&delivery, in: transaction)
    }
}
