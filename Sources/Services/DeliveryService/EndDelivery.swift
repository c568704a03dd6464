import Events
import Persistence

/// A delivery ends, or its rider has to go: whoever was offered it or carried it is free again.
struct EndDelivery: Sendable {
    let times: DeliveryTimes

    /// The order is no more.
    func cancel(_ delivery: inout Delivery, reason: String, in transaction: Transaction) throws -> [any Event] {
        let events = try delivery.cancel(reason: reason)
        try Offers.end(.close, of: delivery, in: transaction)
        if let rider = delivery.riderId { try Riders.free(rider, in: transaction) }
        return events
    }

    /// A wait has ended in vain.
    /// - Parameter isRidersFault: then the rider gets no more offers until they are back.
    func fail(
        _ delivery: inout Delivery, reason: String, isRidersFault: Bool = false, in transaction: Transaction
    ) throws -> [any Event] {
        let events = try delivery.fail(reason: reason)
        try Offers.end(.close, of: delivery, in: transaction)
        if let rider = delivery.riderId { try Riders.free(rider, isAvailable: !isRidersFault, in: transaction) }
        return events
    }

    /// The rider did not come for the food; somebody else is looked for.
    func release(_ delivery: inout Delivery, in transaction: Transaction) throws -> [any Event] {
        let rider = delivery.riderId
        let events = try delivery.release(reason: "라이더가 제시간에 픽업하지 않았습니다.", times, now: transaction.now)
        guard let rider else { return events }
        try Offers.answer(.lapse, by: rider, of: delivery, in: transaction)
        try Riders.free(rider, isAvailable: false, in: transaction)
        return events
    }

    /// The rider gives it back, which is as good as declining.
    func giveBack(
        _ delivery: inout Delivery, by rider: Rider, reason: String, in transaction: Transaction
    ) throws -> [any Event] {
        try delivery.require(rider)
        let events = try delivery.release(reason: reason, times, now: transaction.now)
        try Offers.answer(.decline, by: rider.id, of: delivery, in: transaction)
        try Riders.free(rider.id, in: transaction)
        return events
    }

    func deliver(_ delivery: inout Delivery, by rider: Rider, in transaction: Transaction) throws -> [any Event] {
        let events = try delivery.deliver(by: rider, now: transaction.now)
        try Riders.free(rider.id, in: transaction)
        return events
    }
}
