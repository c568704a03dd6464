import Telemetry

/// `events_handled_total{type,result}`, `inbox_duplicates_total` and `dlq_records_total`.
struct DispatchMeters: Sendable {
    enum Result: String, CaseIterable { case handled, early, skipped, retried, dead }

    /// Made once: looking a counter up costs as much as handling a small event.
    private let counters: [String: [Result: Counter]]
    private let repeats: Counter
    private let deadLetters: Counter

    /// Stands for every type that no policy knows: a stranger's garbage must not become a label.
    private static let other = "other"

    /// - Parameter types: those that policies listen to.
    init(_ metrics: Metrics, types: [String]) {
        let pairs = Set(types + [Self.other]).map { type in
            let counters = Result.allCases.map { result in
                (result, metrics.counter("events_handled_total", ["type": type, "result": result.rawValue]))
            }
            return (type, Dictionary(uniqueKeysWithValues: counters))
        }
        counters = Dictionary(uniqueKeysWithValues: pairs)
        repeats = metrics.counter("inbox_duplicates_total")
        deadLetters = metrics.counter("dlq_records_total")
    }

    func duplicates(_ number: Int) { repeats.increment(by: number) }

    /// - Parameter type: as it came from the wire.
    func count(_ type: String?, _ result: Result, _ number: Int) {
        (type.flatMap { counters[$0] } ?? counters[Self.other])?[result]?.increment(by: number)
        if result == .dead { deadLetters.increment(by: number) }
    }
}
