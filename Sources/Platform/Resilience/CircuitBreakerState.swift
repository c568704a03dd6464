import Time

/// What a circuit breaker knows, and its transitions: a value without clock, lock or input.
///
/// The semantics are Resilience4j's (https://resilience4j.readme.io/docs/circuitbreaker) but for one point: a call that
/// ends in another state than it began in is not counted at all. Resilience4j counts it in the state it ends in, where
/// the late time-outs of a dead server can use up the trial calls of a recovered one.
struct CircuitBreakerState: Sendable {
    /// A call's right to run, good for the state that granted it.
    struct Permit: Sendable, Equatable {
        fileprivate var generation: Int
    }

    enum Admission: Sendable, Equatable {
        case permitted(Permit)
        case rejected(retryAfter: Duration)
    }

    private enum Phase {
        case closed
        /// Nanoseconds of the caller's clock.
        case open(until: Int64)
        case halfOpen(permits: Int)
    }

    private let configuration: CircuitBreaker.Configuration
    private let slowAfter: Int64
    private var phase = Phase.closed
    /// Of the present state; in `open`, the calls that opened it.
    private(set) var window: CallWindow
    /// How often it has opened since it was last closed.
    private var openings = 0
    private var generation = 0

    init(_ configuration: CircuitBreaker.Configuration) {
        (self.configuration, slowAfter) = (configuration, configuration.slowCallDurationThreshold.nanoseconds)
        window = Self.closedWindow(configuration)
    }

    private static func closedWindow(_ configuration: CircuitBreaker.Configuration) -> CallWindow {
        CallWindow(capacity: configuration.slidingWindowSize, minimum: configuration.minimumNumberOfCalls)
    }

    var state: CircuitBreaker.State {
        switch phase {
        case .closed: .closed
        case .open: .open
        case .halfOpen: .halfOpen
        }
    }

    /// Of the present or the next opening.
    var waitInOpenState: Duration {
        var wait = configuration.waitDurationInOpenState
        for _ in 1..<max(openings, 1) where wait < configuration.maximumWaitDurationInOpenState { wait *= 2 }
        return min(wait, configuration.maximumWaitDurationInOpenState)
    }

    /// How long a call that came now should stay away, or `nil` when it would be permitted. Takes nothing.
    func rejection(at now: Int64) -> Duration? {
        switch phase {
        case .closed: nil
        case .open(let until): until > now ? .nanoseconds(until - now) : nil
        // The trial calls are under way: by then they are in, or slow.
        case .halfOpen(let permits): permits > 0 ? nil : configuration.slowCallDurationThreshold
        }
    }

    /// A permitted call must be given back to `record`, whatever becomes of it.
    mutating func acquire(at now: Int64) -> Admission {
        if let retryAfter = rejection(at: now) { return .rejected(retryAfter: retryAfter) }
        if case .open = phase { becomeHalfOpen() }
        if case .halfOpen(let permits) = phase { phase = .halfOpen(permits: permits - 1) }
        return .permitted(Permit(generation: generation))
    }

    /// Ends a permitted call that took `duration` nanoseconds.
    mutating func record(_ outcome: CircuitBreaker.Outcome, duration: Int64, of permit: Permit, at now: Int64) {
        guard permit.generation == generation else { return }
        if outcome == .ignored {
            if case .halfOpen(let permits) = phase { phase = .halfOpen(permits: permits + 1) }
            return
        }
        window.record(CallWindow.Call(isFailure: outcome == .failure, isSlow: duration > slowAfter))
        guard let failureRate = window.failureRate, let slowCallRate = window.slowCallRate else { return }
        if failureRate >= configuration.failureRateThreshold || slowCallRate >= configuration.slowCallRateThreshold {
            open(at: now)
        } else if case .halfOpen = phase {
            close()
        }
    }

    private mutating func open(at now: Int64) {
        openings += 1
        generation += 1
        phase = .open(until: now + waitInOpenState.nanoseconds)
    }

    private mutating func becomeHalfOpen() {
        let trials = configuration.permittedNumberOfCallsInHalfOpenState
        generation += 1
        phase = .halfOpen(permits: trials)
        window = CallWindow(capacity: trials, minimum: trials)
    }

    private mutating func close() {
        openings = 0
        generation += 1
        phase = .closed
        window = Self.closedWindow(configuration)
    }
}
