import Events
import Persistence

/// A rider accepts or declines a delivery that was offered to them.
struct AnswerOffer: Sendable {
    let searchRiders: SearchRiders

    /// The first one wins; what the others were offered is closed.
    func accept(_ delivery: inout Delivery, by rider: Rider, in transaction: Transaction) throws -> [any Event] {
        let offer = try Offers.answer(.accept, by: rider.id, of: delivery, in: transaction)
        let events = try delivery.accept(
            by: rider, distance: offer.distance, searchRiders.times, now: transaction.now)
        try Offers.end(.close, of: delivery, in: transaction)
        return events
    }

    /// When all have declined, the next ones are asked at once.
    func decline(_ delivery: inout Delivery, by rider: Rider, in transaction: Transaction) throws -> [any Event] {
        try Offers.answer(.decline, by: rider.id, of: delivery, in: transaction)
        try delivery.decline()
        try Riders.free(rider.id, in: transaction)
        return try Offers.areOpen(of: delivery, in: transaction) ? [] : searchRiders.search(&delivery, in: transaction)
    }
}
