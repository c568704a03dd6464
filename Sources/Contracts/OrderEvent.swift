public import Events

/// News of one order, whose id is its key.
public protocol OrderEvent: Event {
    var orderId: String { get }
}

extension OrderEvent {
    public var key: String { orderId }
    /// For an event that says no more than its name.
    public var violations: [String] { violations { _ in } }

    /// What is wrong with the order's id, and with the other members.
    func violations(_ check: (inout Violations) -> Void) -> [String] {
        var found = Violations()
        found.require(id: orderId)
        check(&found)
        return found.list
    }
}
