public import Contracts

/// A view's row that shows who brings the order. Of a delivery's news about riders the latest counts, whichever comes first.
public protocol ShowsRider {
    /// `nil` while nobody has accepted, or the one who had does not come.
    var riderId: Int? { get set }
    /// Of the news that `riderId` is from; 0 before there was any.
    var riderVersion: Int { get set }
}

extension ShowsRider {
    public mutating func show(_ event: RiderAssigned) { show(event.riderId, event.version) }
    public mutating func show(_ event: RiderReleased) { show(nil, event.version) }

    private mutating func show(_ riderId: Int?, _ version: Int) {
        if version > riderVersion { (self.riderId, riderVersion) = (riderId, version) }
    }
}
