import Synchronization
public import Telemetry
import Time

/// Stops calling a dependency that fails or crawls, and lets a few trial calls through after a while.
public final class CircuitBreaker: Sendable {
    /// The names are those of Resilience4j's `CircuitBreakerConfig`.
    public struct Configuration: Sendable {
        public var slidingWindowSize = 20
        public var minimumNumberOfCalls = 10
        /// Percent; at or above it the breaker opens.
        public var failureRateThreshold = 50.0
        /// Longer calls are slow, whatever their outcome.
        public var slowCallDurationThreshold: Duration = .milliseconds(800)
        /// Percent; at or above it the breaker opens.
        public var slowCallRateThreshold = 80.0
        /// Of the first opening; doubled at each further one, until the breaker closes.
        public var waitDurationInOpenState: Duration = .seconds(5)
        public var maximumWaitDurationInOpenState: Duration = .seconds(60)
        /// Trial calls; when all of them are in, the breaker closes or opens again.
        public var permittedNumberOfCallsInHalfOpenState = 3

        public init() {}
    }

    public enum State: String, Sendable, CaseIterable {
        case closed, open
        case halfOpen = "half_open"
    }

    /// How a call counts. An ignored call leaves no trace and gives its trial permit back.
    public enum Outcome: String, Sendable, CaseIterable {
        case success, failure, ignored
    }

    /// The breaker is open, or its trial calls are under way: nothing was called.
    public struct CallNotPermitted: Error, Equatable, CustomStringConvertible {
        public var name: String
        /// When a call may be permitted again, at the earliest.
        public var retryAfter: Duration

        public init(name: String, retryAfter: Duration) { (self.name, self.retryAfter) = (name, retryAfter) }

        public var description: String { "circuit breaker \(name) permits no calls for \(retryAfter)" }
    }

    public let name: String
    private let clock: @Sendable () -> Duration
    private let machine: Mutex<CircuitBreakerState>
    private let measures: CircuitBreakerMetrics
    private let log: Log

    /// A closed breaker, whose `name` is a label of its metrics and never renamed; `metrics` keeps it alive.
    ///
    /// `clock` gives the time since any fixed moment, not moved by changes of the date; `nil` takes the system's.
    public init(
        name: String, _ configuration: Configuration = Configuration(), metrics: Metrics, log: Log,
        clock: (@Sendable () -> Duration)? = nil
    ) {
        precondition(configuration.permittedNumberOfCallsInHalfOpenState > 0, "Without trial calls it can not close")
        (self.name, self.log) = (name, log)
        self.clock = clock ?? { .nanoseconds(MonotonicTime.now()) }
        machine = Mutex(CircuitBreakerState(configuration))
        measures = CircuitBreakerMetrics(name: name, metrics)
        measures.register(self, in: metrics)
    }

    public var state: State { machine.withLock(\.state) }

    /// Runs `operation` when the breaker permits it, and counts its result as `classify` says.
    ///
    /// Throws ``CallNotPermitted`` at once, without suspension, or what `operation` throws.
    nonisolated(nonsending) public func call<T>(
        classify: (Result<T, any Error>) -> Outcome, _ operation: nonisolated(nonsending) () async throws -> T
    ) async throws -> T {
        let start = clock().nanoseconds
        let permit = try acquire(at: start)
        let result: Result<T, any Error>
        do {
            result = .success(try await operation())
        } catch {
            result = .failure(error)
        }
        record(classify(result), of: permit, since: start)
        return try result.get()
    }

    /// Fails when a call that came now would not be permitted; to fail fast before other work is done.
    ///
    /// Takes no permit and changes no state, so a later `call` may be refused all the same.
    public func checkPermitted() throws(CallNotPermitted) {
        let now = clock().nanoseconds
        if let retryAfter = machine.withLock({ $0.rejection(at: now) }) { throw refusal(retryAfter) }
    }

    private func acquire(at now: Int64) throws(CallNotPermitted) -> CircuitBreakerState.Permit {
        switch change({ $0.acquire(at: now) }) {
        case .permitted(let permit): return permit
        case .rejected(let retryAfter): throw refusal(retryAfter)
        }
    }

    private func record(_ outcome: Outcome, of permit: CircuitBreakerState.Permit, since start: Int64) {
        let now = clock().nanoseconds
        measures.record(outcome, .nanoseconds(now - start))
        change { $0.record(outcome, duration: now - start, of: permit, at: now) }
    }

    private func refusal(_ retryAfter: Duration) -> CallNotPermitted {
        measures.notPermitted.increment()
        return CallNotPermitted(name: name, retryAfter: retryAfter)
    }

    /// Every change of the state passes here, so that each transition is logged once, outside the lock.
    private func change<T: Sendable>(_ body: (inout CircuitBreakerState) -> T) -> T {
        let (result, transition) = machine.withLock { machine -> (T, Transition?) in
            let before = machine.state
            let result = body(&machine)
            guard machine.state != before else { return (result, nil) }
            return (result, Transition(from: before, after: machine))
        }
        transition?.write(to: log, name: name)
        return result
    }

    func snapshot() -> CircuitBreakerState { machine.withLock { $0 } }
}

private struct Transition: Sendable {
    var from: CircuitBreaker.State
    var after: CircuitBreakerState

    func write(to log: Log, name: String) {
        let (from, to, window) = (from.rawValue, after.state.rawValue, after.window)
        switch after.state {
        case .open:
            log.warning(
                "Circuit breaker opened",
                [
                    "name": name, "from": from, "to": to, "calls": "\(window.count)", "failed": "\(window.failures)",
                    "slow": "\(window.slowCalls)", "waitSeconds": "\(after.waitInOpenState.components.seconds)",
                ])
        case .halfOpen: log.info("Circuit breaker tries again", ["name": name, "from": from, "to": to])
        case .closed: log.info("Circuit breaker closed", ["name": name, "from": from, "to": to])
        }
    }
}
