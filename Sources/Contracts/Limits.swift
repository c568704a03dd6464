/// What the members of events may be, wherever they come from. Requests are held to the same limits, so that no service
/// accepts what another one has to refuse.
public enum Limits {
    /// Bytes of a text that somebody types.
    public static let text = 500
    /// Bytes of `orderInfo`; a hundred dishes fit, and the event stays far below what a broker takes.
    public static let orderInfo = 16_000
    /// Bytes of an ISO 8601 time with offset, fractions of a second included.
    public static let time = 20...35
    public static let dishes = 1...100
    /// Of one dish in one order.
    public static let portions = 1...1_000_000
    /// Won, of one portion.
    public static let price = 1...10_000_000
    /// Won: what the largest order of the most expensive dishes comes to.
    public static let total = 1...1_000_000_000_000_000
    /// Portions in the kitchen.
    public static let stock = 0...1_000_000_000_000
}

/// Collects what is wrong with the members of an event.
struct Violations {
    private(set) var list: [String] = []

    mutating func require(_ isRight: Bool, _ violation: @autoclosure () -> String) {
        if !isRight { list.append(violation()) }
    }

    mutating func require(id: String) {
        require(!id.isEmpty && id.utf8.count <= Limits.text, "orderId is empty or too long")
    }

    mutating func require(text: String, _ name: String) {
        require(text.utf8.count <= Limits.text, "\(name) is too long")
    }

    mutating func require(time: String, _ name: String) {
        require(Limits.time.contains(time.utf8.count), "\(name) is no ISO 8601 time with offset")
    }

    mutating func require(levels: [StockLevel]) {
        require(Limits.dishes.contains(levels.count), "items are not \(Limits.dishes)")
        for level in levels.prefix(Limits.dishes.upperBound) { require(level: level) }
    }

    mutating func require(level: StockLevel) {
        require(!level.name.isEmpty && level.name.utf8.count <= Limits.text, "a name is empty or too long")
        require(Limits.price.contains(level.price), "a price is not \(Limits.price) won")
        require(Limits.stock.contains(level.stock), "a stock is not \(Limits.stock)")
        require(level.version > 0, "a version is not above 0")
    }
}
