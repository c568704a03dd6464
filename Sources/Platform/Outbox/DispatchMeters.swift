import Telemetry

/// `events_handled_total{type,result}`, `inbox_duplicates_total` and `dlq_records_total`.
struct DispatchMeters: Sendable {
    enum Result: String { case handled, skipped, retried, dead }

    private let metrics: Metrics
    private let duplicates: Counter
    private let deadLetters: Counter

    init(_ metrics: Metrics) {
        self.metrics = metrics
        duplicates = metrics.counter("inbox_duplicates_total")
        deadLetters = metrics.counter("dlq_records_total")
    }

    func duplicate() { duplicates.increment() }

    /// - Parameter type: as it came from the wire; a stranger's garbage must not become a label, so types that no
    ///   policy knows count together.
    func count(_ type: String?, _ result: Result) {
        let label = result == .skipped ? "other" : type ?? "none"
        metrics.counter("events_handled_total", ["type": label, "result": result.rawValue]).increment()
        if result == .dead { deadLetters.increment() }
    }
}
