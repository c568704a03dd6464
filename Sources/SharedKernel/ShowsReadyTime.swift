public import Contracts

/// A view's row that shows when the food will be ready: the acceptance only fills it, the latest delay replaces it.
public protocol ShowsReadyTime {
    /// ISO 8601 with offset.
    var cmpltTime: String? { get set }
    /// Of the delay that `cmpltTime` is from; 0 before there was any.
    var delayVersion: Int { get set }
}

extension ShowsReadyTime {
    public mutating func show(_ event: OrderAccepted) { cmpltTime = cmpltTime ?? event.cmpltTime }

    public mutating func show(_ event: CookDelayed) {
        if event.version > delayVersion { (cmpltTime, delayVersion) = (event.cmpltTime, event.version) }
    }
}
