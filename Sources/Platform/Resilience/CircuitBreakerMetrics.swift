import Telemetry

/// The meters of one breaker, named as Resilience4j's Micrometer module names them.
struct CircuitBreakerMetrics: Sendable {
    private static let prefix = "resilience4j_circuitbreaker_"

    let notPermitted: Counter
    private let name: String
    private let successful: Timer
    private let failed: Timer
    private let ignored: Timer

    init(name: String, _ metrics: Metrics) {
        self.name = name
        let calls = Self.prefix + "calls_seconds"
        successful = metrics.timer(calls, ["name": name, "kind": "successful"])
        failed = metrics.timer(calls, ["name": name, "kind": "failed"])
        ignored = metrics.timer(calls, ["name": name, "kind": "ignored"])
        notPermitted = metrics.counter(
            Self.prefix + "not_permitted_calls_total", ["name": name, "kind": "not_permitted"])
    }

    func record(_ outcome: CircuitBreaker.Outcome, _ duration: Duration) {
        switch outcome {
        case .success: successful.record(duration)
        case .failure: failed.record(duration)
        case .ignored: ignored.record(duration)
        }
    }

    /// The registry keeps `breaker` alive from here on. A rate is -1 while there are too few calls.
    func register(_ breaker: CircuitBreaker, in metrics: Metrics) {
        for state in CircuitBreaker.State.allCases {
            metrics.gauge(Self.prefix + "state", ["name": name, "state": state.rawValue]) {
                breaker.state == state ? 1 : 0
            }
        }
        gauge("failure_rate", nil) { $0.failureRate ?? -1 }
        gauge("slow_call_rate", nil) { $0.slowCallRate ?? -1 }
        gauge("buffered_calls", "successful") { Double($0.count - $0.failures) }
        gauge("buffered_calls", "failed") { Double($0.failures) }
        gauge("slow_calls", "successful") { Double($0.slowCalls - $0.slowFailures) }
        gauge("slow_calls", "failed") { Double($0.slowFailures) }

        func gauge(_ suffix: String, _ kind: String?, _ read: @escaping @Sendable (CallWindow) -> Double) {
            let value: @Sendable () -> Double = { read(breaker.snapshot().window) }
            if let kind {
                metrics.gauge(Self.prefix + suffix, ["name": name, "kind": kind], read: value)
            } else {
                metrics.gauge(Self.prefix + suffix, ["name": name], read: value)
            }
        }
    }
}
