import Time

/// How many may go out now, when there are to be so many per second. What was not used is saved up for a second.
struct RateLimit {
    private let perSecond: Int
    private var saved: Double
    private var last: Timestamp?

    init(perSecond: Int) {
        self.perSecond = perSecond
        saved = 1
    }

    /// At that time; a clock that was set back brings nothing.
    mutating func available(at now: Timestamp) -> Int {
        let passed = last.map { max(0, (now - $0).milliseconds) } ?? 0
        saved = min(Double(perSecond), saved + Double(passed) * Double(perSecond) / 1000)
        last = now
        return Int(saved)
    }

    mutating func use(_ count: Int) { saved -= Double(count) }
}
