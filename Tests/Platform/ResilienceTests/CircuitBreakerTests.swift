import Resilience
import Synchronization
import Telemetry
import Testing

@Suite(.timeLimit(.minutes(5))) struct CircuitBreakerTests {
    struct Broken: Error {}

    let metrics = Metrics()
    let lines = Lines()
    let clock = ManualClock()
    let breaker: CircuitBreaker

    init() {
        breaker = CircuitBreaker(
            name: "downstream", metrics: metrics,
            log: Log(service: "test", format: .json, write: { [lines] in lines.add($0) }), clock: clock.now)
    }

    func call(_ outcome: CircuitBreaker.Outcome, taking duration: Duration = .milliseconds(10)) async throws {
        try await breaker.call(classify: { _ in outcome }) { clock.advance(by: duration) }
    }

    func open() async throws {
        for _ in 0..<10 { try await call(.failure) }
        #expect(breaker.state == .open)
    }

    @Test("The result and the error of the operation pass through, and the caller classifies both")
    func passesThrough() async throws {
        var seen: [String] = []
        let value = try await breaker.call(
            classify: { result in
                seen.append("\(result)")
                return .success
            }, { 42 })
        #expect(value == 42)
        await #expect(throws: Broken.self) {
            try await breaker.call(
                classify: { result in
                    seen.append("\(result)")
                    return .failure
                }, { throw Broken() })
        }
        #expect(seen == ["success(42)", "failure(ResilienceTests.CircuitBreakerTests.Broken())"])
    }

    @Test("While it is open nothing is called, and the refusal says for how long")
    func refusal() async throws {
        try await open()
        clock.advance(by: .milliseconds(1500))
        let refusal = CircuitBreaker.CallNotPermitted(name: "downstream", retryAfter: .milliseconds(3500))
        await #expect(throws: refusal) {
            try await breaker.call(classify: { _ in .success }) { Issue.record("called all the same") }
        }
        #expect(throws: refusal) { try breaker.checkPermitted() }
    }

    @Test("Slow calls open it, measured on the injected clock")
    func slowCalls() async throws {
        for _ in 0..<10 { try await call(.success, taking: .milliseconds(900)) }
        #expect(breaker.state == .open)
    }

    @Test("Of a hundred calls at once in half-open state three run; their success closes it")
    func halfOpenConcurrency() async throws {
        try await open()
        clock.advance(by: .seconds(5))
        let (trials, trial) = AsyncStream.makeStream(of: CheckedContinuation<Void, Never>.self)
        let permitted = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    do {
                        try await breaker.call(classify: { _ in .success }) {
                            await withCheckedContinuation { _ = trial.yield($0) }
                        }
                        return true
                    } catch is CircuitBreaker.CallNotPermitted {
                        return false
                    }
                }
            }
            var refused = 0
            while refused < 97, try await group.next() == false { refused += 1 }
            #expect(refused == 97)
            #expect(breaker.state == .halfOpen)
            var waiting = trials.makeAsyncIterator()
            for _ in 0..<3 { await waiting.next()?.resume() }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(permitted == 3)
        #expect(breaker.state == .closed)
    }

    @Test("Asking first leaks no permit: the trials still run")
    func checkLeaksNothing() async throws {
        try await open()
        clock.advance(by: .seconds(5))
        for _ in 0..<10 { try breaker.checkPermitted() }
        for _ in 0..<3 { try await call(.success) }
        #expect(breaker.state == .closed)
    }

    @Test("A cancelled trial that is ignored gives its permit back")
    func cancelledTrial() async throws {
        try await open()
        clock.advance(by: .seconds(5))
        for _ in 0..<10 {
            await #expect(throws: CancellationError.self) {
                try await breaker.call(classify: { _ in .ignored }) { throw CancellationError() }
            }
        }
        #expect(breaker.state == .halfOpen)
    }

    @Test("Each transition is logged once")
    func transitionsAreLogged() async throws {
        try await open()
        #expect(throws: CircuitBreaker.CallNotPermitted.self) { try breaker.checkPermitted() }
        clock.advance(by: .seconds(5))
        for _ in 0..<3 { try await call(.success) }
        let expected = [("opened", "open"), ("tries again", "half_open"), ("closed", "closed")]
        try #require(lines.all.count == expected.count)
        for (line, (words, state)) in zip(lines.all, expected) {
            #expect(line.contains("Circuit breaker \(words)") && line.contains(#""to":"\#(state)""#))
        }
        #expect(lines.all[0].contains(#""failed":"10""#) && lines.all[0].contains(#""waitSeconds":"5""#))
    }

    @Test("States, calls, refusals and rates are metrics under Resilience4j's names")
    func metricsOfTheBreaker() async throws {
        #expect(value("failure_rate", "") == "-1")
        #expect(value("state", #",state="closed""#) == "1")
        for _ in 0..<4 { try await call(.success, taking: .milliseconds(900)) }
        for _ in 0..<6 { try await call(.failure) }
        try? await call(.success)
        try? breaker.checkPermitted()
        #expect(value("state", #",state="closed""#) == "0")
        #expect(value("state", #",state="open""#) == "1")
        #expect(value("state", #",state="half_open""#) == "0")
        #expect(value("failure_rate", "") == "60")
        #expect(value("slow_call_rate", "") == "40")
        #expect(value("buffered_calls", #",kind="successful""#) == "4")
        #expect(value("buffered_calls", #",kind="failed""#) == "6")
        #expect(value("slow_calls", #",kind="successful""#) == "4")
        #expect(value("slow_calls", #",kind="failed""#) == "0")
        #expect(value("not_permitted_calls_total", #",kind="not_permitted""#) == "2")
        #expect(value("calls_seconds_count", #",kind="successful""#) == "4")
        #expect(value("calls_seconds_count", #",kind="failed""#) == "6")
        #expect(value("calls_seconds_count", #",kind="ignored""#) == "0")
        #expect(value("calls_seconds_sum", #",kind="successful""#).map { $0.hasPrefix("3.6") } == true)
    }

    /// Of one series in the text format; `labels` are those after the name's.
    func value(_ suffix: String, _ labels: String) -> String? {
        let series = #"resilience4j_circuitbreaker_\#(suffix){name="downstream"\#(labels)} "#
        return metrics.render().split(separator: "\n").first { $0.hasPrefix(series) }.map {
            String($0.dropFirst(series.count))
        }
    }
}

final class ManualClock: Sendable {
    private let time = Mutex(Duration.seconds(1000))
    var now: @Sendable () -> Duration { { [self] in time.withLock { $0 } } }
    func advance(by duration: Duration) { time.withLock { $0 += duration } }
}

final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}
