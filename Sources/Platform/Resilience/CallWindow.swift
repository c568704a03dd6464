/// The outcomes of the last calls, oldest forgotten first (Resilience4j's COUNT_BASED sliding window).
struct CallWindow: Sendable, Equatable {
    struct Call: Sendable, Equatable {
        var isFailure: Bool
        var isSlow: Bool
    }

    private let capacity: Int
    /// Fewer calls than this have no rates.
    private let minimum: Int
    private var calls: [Call] = []
    private var oldest = 0
    private(set) var failures = 0
    private(set) var slowCalls = 0
    private(set) var slowFailures = 0

    init(capacity: Int, minimum: Int) {
        precondition(capacity > 0, "A window without room has no rates")
        (self.capacity, self.minimum) = (capacity, min(minimum, capacity))
    }

    var count: Int { calls.count }

    mutating func record(_ call: Call) {
        count(call, 1)
        guard calls.count == capacity else { return calls.append(call) }
        count(calls[oldest], -1)
        calls[oldest] = call
        oldest = (oldest + 1) % capacity
    }

    private mutating func count(_ call: Call, _ change: Int) {
        if call.isFailure { failures += change }
        if call.isSlow { slowCalls += change }
        if call.isFailure && call.isSlow { slowFailures += change }
    }

    /// Percent, or `nil` while there are too few calls.
    var failureRate: Double? { rate(failures) }
    var slowCallRate: Double? { rate(slowCalls) }

    private func rate(_ part: Int) -> Double? {
        calls.count >= max(1, minimum) ? 100 * Double(part) / Double(calls.count) : nil
    }
}
