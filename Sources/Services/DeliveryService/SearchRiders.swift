import Events
import Persistence

/// Asks the nearest riders who are free: one, then two, then four, until somebody accepts.
struct SearchRiders: Sendable {
    let times: DeliveryTimes
    /// Metres; nobody comes from farther away.
    let radius: Double

    private static let mostOffers = 64

    func search(_ delivery: inout Delivery, in transaction: Transaction) throws -> [any Event] {
        let count = min(1 << min(delivery.round, 16), Self.mostOffers)
        let (declined, lapsed) = try Offers.refusers(of: delivery, in: transaction)
        var riders = try nearest(count, to: delivery, but: declined.union(lapsed), in: transaction)
        // Who only missed an offer is asked again before nobody is.
        if riders.isEmpty, !lapsed.isEmpty {
            riders = try nearest(count, to: delivery, but: declined, in: transaction)
        }
        if riders.isEmpty { return try delivery.awaitRider(times, now: transaction.now) }
        let events = try delivery.offer(to: riders, times, now: transaction.now)
        for rider in riders { try Offers.make(of: delivery, to: rider, in: transaction) }
        return events
    }

    private func nearest(
        _ count: Int, to delivery: Delivery, but excluded: Set<Int>, in transaction: Transaction
    ) throws -> [Nearest.Found] {
        try Riders.nearest(count, to: delivery.trip.store, within: radius, but: excluded, in: transaction)
    }

    /// Nobody has answered in time.
    func lapse(_ delivery: inout Delivery, in transaction: Transaction) throws -> [any Event] {
        try Offers.end(.lapse, of: delivery, in: transaction)
        return try search(&delivery, in: transaction)
    }
}
