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
    /// Stars of a dish.
    public static let rating = 1...5
    /// Bytes of what a customer writes about an order.
    public static let review = 4_000
    /// Metres; half the way around the earth.
    public static let distance = 0...20_040_000
    /// Degrees, WGS 84.
    public static let lat = -90.0...90.0
    public static let lon = -180.0...180.0
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

    mutating func require(rider id: Int, _ version: Int) {
        require(id > 0, "riderId is not above 0")
        require(version > 0, "version must be at least 1")
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
