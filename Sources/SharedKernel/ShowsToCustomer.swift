public import Contracts

/// A view's row that shows an order to its customer: what became of a wish to cancel, and why the order ended.
public protocol ShowsToCustomer: ShowsProgress {
    var cancellation: Cancellation { get set }
    /// Why it was given up, rejected, canceled or not canceled.
    var reason: String? { get set }
}

extension ShowsToCustomer {
    /// Not of an order that goes on: it was given up, and then paid after all.
    public var reasonToShow: String? {
        let goesOn = status.isOpen || status == .delivered || status == .finished
        return goesOn && cancellation != .refused ? nil : reason
    }

    public mutating func show(_ event: OrderCancelRequested) {
        if cancellation == .none { cancellation = .asked }
    }

    /// The store may cancel later for another reason, which then counts.
    public mutating func show(_ event: OrderCancelRefused) {
        cancellation = .refused
        if reason == nil || ![.rejected, .canceled, .refunded].contains(status) { reason = event.reason }
    }

    /// It may be paid after all, and then end for another reason.
    public mutating func show(_ event: OrderExpired) { reason = reason ?? event.reason }
    public mutating func show(_ event: OrderRejected) { reason = event.reason }
    public mutating func show(_ event: OrderCanceled) { reason = event.reason }
}
