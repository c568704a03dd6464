import Contracts
import Events
import Time

/// The moves. Each returns the events to publish in the transaction that saves the delivery; an illegal one changes nothing.
extension Delivery {
    /// The owner changed the time; of several changes the one with the highest version counts.
    mutating func delay(_ event: CookDelayed, _ times: DeliveryTimes, now: Timestamp) throws -> [any Event] {
        let ready = try event.cmpltTime.asTime()
        try make(.delay)
        guard event.version > delayVersion else { return [] }
        (cmpltTime, delayVersion) = (event.cmpltTime, event.version)
        if status == .scheduled { until = max(now, ready - times.lead) }
        searchUntil = searchUntil.map { max($0, ready + times.search) }
        return []
    }

    /// The kitchen only goes on.
    mutating func cook(_ news: Kitchen, _ times: DeliveryTimes, now: Timestamp) throws(IllegalMove) -> [any Event] {
        try make(.cook)
        guard kitchen != .cooked else { return [] }
        kitchen = news
        if status == .assigned, kitchen == .cooked { until = now + times.pickUp }
        return []
    }

    /// Nobody is free.
    mutating func awaitRider(_ times: DeliveryTimes, now: Timestamp) throws(IllegalMove) -> [any Event] {
        try make(.search)
        (until, searchUntil) = (now + times.retry, searchUntil ?? now + times.search)
        let isTold = isAwaited
        isAwaited = true
        return isTold ? [] : [RiderAwaited(orderId: key, version: version)]
    }

    /// - Parameter riders: who are asked in this round.
    mutating func offer(
        to riders: [Nearest.Found], _ times: DeliveryTimes, now: Timestamp
    ) throws(IllegalMove) -> [any Event] {
        try make(.offer)
        (until, searchUntil) = (now + times.offer, searchUntil ?? now + times.search)
        (round, isAwaited) = (round + 1, false)
        return riders.map { rider in
            RiderOffered(
                orderId: key, riderId: rider.id, distance: Int(rider.distance.rounded()), expiresAt: until.rfc3339,
                version: version)
        }
    }

    /// One of those who were asked does not want to.
    mutating func decline() throws(IllegalMove) { try make(.decline) }

    mutating func accept(
        by rider: Rider, distance: Int, _ times: DeliveryTimes, now: Timestamp
    ) throws(IllegalMove) -> [any Event] {
        try make(.accept)
        (riderId, searchUntil, until) = (rider.id, nil, now + times.pickUp)
        return [
            RiderAssigned(
                orderId: key, riderId: rider.id, riderName: rider.name, riderTel: rider.tel, distance: distance,
                version: version)
        ]
    }

    /// The rider does not come; the search begins anew, and at once. It lasts until long after the food is ready.
    mutating func release(reason: String, _ times: DeliveryTimes, now: Timestamp) throws(IllegalMove) -> [any Event] {
        try make(.release)
        let released = riderId
        riderId = nil
        let ready = Timestamp(rfc3339: cmpltTime) ?? now
        (until, searchUntil) = (now, max(now, ready) + times.search)
        return released.map { [RiderReleased(orderId: key, riderId: $0, reason: reason, version: version)] } ?? []
    }

    mutating func pick(by rider: Rider, _ times: DeliveryTimes, now: Timestamp) throws -> [any Event] {
        let there = try Self.states.status(after: .pick, from: status)
        try require(rider)
        guard kitchen == .cooked else { throw DeliveryRefused.notCooked }
        (status, until) = (there, now + times.delivery)
        return [Picked(orderId: key, riderId: rider.id)]
    }

    mutating func deliver(by rider: Rider, now: Timestamp) throws -> [any Event] {
        let there = try Self.states.status(after: .deliver, from: status)
        try require(rider)
        (status, deliveredAt) = (there, now.rfc3339)
        return [Delivered(orderId: key, riderId: rider.id, deliveredAt: now.rfc3339)]
    }

    /// The order is no more.
    mutating func cancel(reason: String) throws(IllegalMove) -> [any Event] {
        try make(.cancel)
        self.reason = reason
        return []
    }

    mutating func fail(reason: String) throws(IllegalMove) -> [any Event] {
        try make(.fail)
        self.reason = reason
        return [DeliveryFailed(orderId: key, reason: reason)]
    }

    /// - Throws: ``DeliveryRefused`` 409 for anybody but the one who has accepted.
    func require(_ rider: Rider) throws(DeliveryRefused) {
        guard riderId == rider.id else { throw .notTheirs }
    }

    private mutating func make(_ move: Move) throws(IllegalMove) {
        status = try Self.states.status(after: move, from: status)
    }
}

extension String {
    /// - Throws: ``NoTime``.
    func asTime() throws(NoTime) -> Timestamp {
        guard let time = Timestamp(rfc3339: self) else { throw NoTime() }
        return time
    }
}

/// An event has a text where an ISO 8601 time must be.
struct NoTime: PermanentFailure, Equatable {}
