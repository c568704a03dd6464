import Synchronization

/// Counters, gauges and timers of one process, rendered in the Prometheus text format 0.0.4.
///
/// A metric is made on first use and lives as long as the registry. Look it up once and keep it where it is used often.
public final class Metrics: Sendable {
    public typealias Labels = KeyValuePairs<String, String>

    private enum Series: Sendable {
        case counter(Counter)
        case gauge(@Sendable () -> Double)
        case timer(Timer)
    }

    /// Family name → rendered labels → series.
    private let families = Mutex<[String: [String: Series]]>([:])

    public init() {}

    public func counter(_ name: String, _ labels: Labels = [:]) -> Counter {
        series(name, labels, make: { .counter(Counter()) }) {
            if case .counter(let counter) = $0 { counter } else { nil }
        }
            ?? Counter()
    }

    public func timer(_ name: String, _ labels: Labels = [:]) -> Timer {
        series(name, labels, make: { .timer(Timer()) }) { if case .timer(let timer) = $0 { timer } else { nil } }
            ?? Timer()
    }

    /// - Parameter read: called on every scrape, on the scraping task; a later registration of the same series wins.
    public func gauge(_ name: String, _ labels: Labels = [:], read: @escaping @Sendable () -> Double) {
        families.withLock { $0[name, default: [:]][Self.render(labels)] = .gauge(read) }
    }

    private func series<T>(
        _ name: String, _ labels: Labels, make: () -> Series, as cast: (Series) -> T?
    ) -> T? {
        let key = Self.render(labels)
        return cast(
            families.withLock { families in
                if let known = families[name]?[key] { return known }
                let made = make()
                families[name, default: [:]][key] = made
                return made
            })
    }

    /// The whole registry, families and series sorted by name.
    public func render() -> String {
        var text = ""
        for (name, family) in families.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            guard let first = family.first?.value else { continue }
            text += "# TYPE \(name) \(Self.type(of: first))\n"
            for (labels, series) in family.sorted(by: { $0.key < $1.key }) {
                switch series {
                case .counter(let counter): text += Self.line(name, labels, Double(counter.value))
                case .gauge(let read): text += Self.line(name, labels, read())
                case .timer(let timer): text += timer.render(name, labels)
                }
            }
        }
        return text
    }

    private static func type(of series: Series) -> String {
        switch series {
        case .counter: "counter"
        case .gauge: "gauge"
        case .timer: "histogram"
        }
    }

    static func line(_ name: String, _ labels: String, _ value: Double) -> String {
        let number = value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
        return labels.isEmpty ? "\(name) \(number)\n" : "\(name){\(labels)} \(number)\n"
    }

    private static func render(_ labels: Labels) -> String {
        labels.map { name, value in
            // By scalars: "\r\n" is one character, and no newline to `Character`.
            let escaped = value.unicodeScalars.map { scalar in
                switch scalar {
                case "\\": "\\\\"
                case "\"": "\\\""
                case "\n": "\\n"
                default: String(scalar)
                }
            }.joined()
            return "\(name)=\"\(escaped)\""
        }.joined(separator: ",")
    }
}

/// A number that only grows.
public final class Counter: Sendable {
    private let total = Atomic<Int>(0)
    init() {}
    public func increment(by amount: Int = 1) { total.wrappingAdd(amount, ordering: .relaxed) }
    public var value: Int { total.load(ordering: .relaxed) }
}

/// A histogram of durations in seconds.
public final class Timer: Sendable {
    /// Upper bounds in seconds.
    static let bounds: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private struct State {
        var buckets = [Int](repeating: 0, count: Timer.bounds.count + 1)
        var sum = 0.0
        var count = 0
    }
    private let state = Mutex(State())

    init() {}

    public func record(_ duration: Duration) {
        let (whole, fraction) = duration.components
        let seconds = Double(whole) + Double(fraction) * 1e-18
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        state.withLock {
            $0.buckets[bucket] += 1
            $0.sum += seconds
            $0.count += 1
        }
    }

    public var count: Int { state.withLock(\.count) }

    func render(_ name: String, _ labels: String) -> String {
        let snapshot = state.withLock { $0 }
        let prefix = labels.isEmpty ? "" : labels + ","
        var text = ""
        var cumulative = 0
        for (bound, bucket) in zip(Self.bounds, snapshot.buckets) {
            cumulative += bucket
            text += Metrics.line(name + "_bucket", "\(prefix)le=\"\(bound)\"", Double(cumulative))
        }
        text += Metrics.line(name + "_bucket", "\(prefix)le=\"+Inf\"", Double(snapshot.count))
        text += Metrics.line(name + "_sum", labels, snapshot.sum)
        return text + Metrics.line(name + "_count", labels, Double(snapshot.count))
    }
}
