/// A delivery was offered to a rider, perhaps to several at once; the first who accepts wins.
public struct RiderOffered: OrderEvent, Equatable {
    public static let type = "RiderOffered"
    public var orderId: String
    public var riderId: Int
    /// Metres from the rider to the store, along a great circle.
    public var distance: Int
    /// ISO 8601 with offset: the offer lapses then.
    public var expiresAt: String
    /// Of the delivery; of its news about riders, the one with the highest version counts.
    public var version: Int
    public var violations: [String] {
        violations {
            $0.require(rider: riderId, version)
            $0.require(Limits.distance.contains(distance), "distance is not \(Limits.distance) metres")
            $0.require(time: expiresAt, "expiresAt")
        }
    }
    public init(orderId: String, riderId: Int, distance: Int, expiresAt: String, version: Int) {
        (self.orderId, self.riderId, self.distance) = (orderId, riderId, distance)
        (self.expiresAt, self.version) = (expiresAt, version)
    }
}

/// No rider near the store is free; the search goes on.
public struct RiderAwaited: OrderEvent, Equatable {
    public static let type = "RiderAwaited"
    public var orderId: String
    /// As in ``RiderOffered``.
    public var version: Int
    public var violations: [String] { violations { $0.require(version > 0, "version must be at least 1") } }
    public init(orderId: String, version: Int) { (self.orderId, self.version) = (orderId, version) }
}

/// A rider has accepted and will bring the order.
public struct RiderAssigned: OrderEvent, Equatable {
    public static let type = "RiderAssigned"
    public var orderId: String
    public var riderId: Int
    /// For the customer and the owner.
    public var riderName: String
    public var riderTel: String
    /// As in ``RiderOffered``.
    public var distance: Int
    public var version: Int
    public var violations: [String] {
        violations {
            $0.require(rider: riderId, version)
            $0.require(text: riderName, "riderName")
            $0.require(text: riderTel, "riderTel")
            $0.require(Limits.distance.contains(distance), "distance is not \(Limits.distance) metres")
        }
    }
    public init(orderId: String, riderId: Int, riderName: String, riderTel: String, distance: Int, version: Int) {
        (self.orderId, self.riderId, self.riderName) = (orderId, riderId, riderName)
        (self.riderTel, self.distance, self.version) = (riderTel, distance, version)
    }
}

/// The rider who was assigned does not come; another one is looked for.
public struct RiderReleased: OrderEvent, Equatable {
    public static let type = "RiderReleased"
    public var orderId: String
    public var riderId: Int
    public var reason: String
    /// As in ``RiderOffered``.
    public var version: Int
    public var violations: [String] {
        violations {
            $0.require(rider: riderId, version)
            $0.require(text: reason, "reason")
        }
    }
    public init(orderId: String, riderId: Int, reason: String, version: Int) {
        (self.orderId, self.riderId, self.reason, self.version) = (orderId, riderId, reason, version)
    }
}
