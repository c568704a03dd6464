import Resilience
import Testing

@testable import Resilience

/// Resilience4j's documentation (https://resilience4j.readme.io/docs/circuitbreaker) as a table, written independently
/// of the code: what happens, and the state after it.
@Suite struct CircuitBreakerStateTests {
    enum Step: Sendable {
        /// So many calls one after the other, each of so many milliseconds.
        case succeed(Int, ms: Int64 = 10)
        case fail(Int, ms: Int64 = 10)
        case ignore(Int)
        /// A call begins that ends later, under this name; or ends.
        case begin(String)
        case end(String, CircuitBreaker.Outcome, ms: Int64 = 10)
        /// A call is refused, for so many milliseconds.
        case refused(Int64)
        case pass(ms: Int64)
    }

    struct Scenario: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var steps: [(Step, CircuitBreaker.State)]
        init(_ description: String, _ steps: (Step, CircuitBreaker.State)...) {
            (testDescription, self.steps) = (description, steps)
        }
    }

    /// Opens a fresh breaker at time 0.
    static let opening: (Step, CircuitBreaker.State) = (.fail(10), .open)

    static let counting = [
        Scenario("nine failures are too few to judge", (.fail(9), .closed)),
        Scenario("ten failures of ten", (.fail(9), .closed), (.fail(1), .open)),
        Scenario("half of ten failed", (.succeed(5), .closed), (.fail(4), .closed), (.fail(1), .open)),
        Scenario(
            "the tenth call counts, whatever it is", (.fail(5), .closed), (.succeed(4), .closed), (.succeed(1), .open)),
        Scenario("less than half failed", (.succeed(6), .closed), (.fail(4), .closed), (.succeed(10), .closed)),
        Scenario(
            "9 of 20 are under half, 10 of 20 are half", (.succeed(11), .closed), (.fail(9), .closed), (.fail(1), .open)
        ),
        Scenario(
            "failures older than twenty calls are forgotten",
            (.succeed(6), .closed), (.fail(4), .closed), (.succeed(16), .closed), (.fail(9), .closed),
            (.fail(1), .open)),
        Scenario(
            "ignored calls count for nothing", (.ignore(50), .closed), (.fail(9), .closed), (.ignore(5), .closed),
            (.fail(1), .open)),
    ]

    static let slowness = [
        Scenario("800 ms is not slow", (.succeed(20, ms: 800), .closed)),
        Scenario("801 ms is slow", (.succeed(9, ms: 801), .closed), (.succeed(1, ms: 801), .open)),
        Scenario(
            "eight slow of ten", (.succeed(2), .closed), (.succeed(7, ms: 900), .closed),
            (.succeed(1, ms: 900), .open)),
        Scenario("seven slow of ten", (.succeed(3), .closed), (.succeed(7, ms: 900), .closed)),
        Scenario(
            "slow failures count in both rates", (.fail(4, ms: 900), .closed), (.succeed(2), .closed),
            (.succeed(4, ms: 900), .open)),
    ]

    static let waiting = [
        Scenario(
            "no calls for 5 s, then a trial", opening, (.refused(5000), .open), (.pass(ms: 4999), .open),
            (.refused(1), .open), (.pass(ms: 1), .open), (.begin("a"), .halfOpen)),
        Scenario(
            "three trial calls and no more", opening, (.pass(ms: 5000), .open), (.begin("a"), .halfOpen),
            (.begin("b"), .halfOpen), (.begin("c"), .halfOpen), (.refused(800), .halfOpen),
            (.end("a", .success), .halfOpen), (.refused(800), .halfOpen), (.end("b", .success), .halfOpen),
            (.end("c", .success), .closed), (.begin("d"), .closed)),
        Scenario(
            "one of three failed", opening, (.pass(ms: 5000), .open), (.succeed(2), .halfOpen), (.fail(1), .closed)),
        Scenario("two of three failed", opening, (.pass(ms: 5000), .open), (.fail(2), .halfOpen), (.succeed(1), .open)),
        Scenario(
            "three slow trials open it", opening, (.pass(ms: 5000), .open), (.succeed(2, ms: 900), .halfOpen),
            (.succeed(1, ms: 900), .open)),
        Scenario(
            "two slow trials of three close it", opening, (.pass(ms: 5000), .open), (.succeed(2, ms: 900), .halfOpen),
            (.succeed(1), .closed)),
        Scenario(
            "an ignored trial gives its permit back", opening, (.pass(ms: 5000), .open), (.ignore(10), .halfOpen),
            (.begin("a"), .halfOpen), (.begin("b"), .halfOpen), (.begin("c"), .halfOpen), (.refused(800), .halfOpen),
            (.end("b", .ignored), .halfOpen), (.begin("d"), .halfOpen), (.refused(800), .halfOpen)),
        Scenario(
            "each re-opening doubles the wait, up to 60 s", opening,
            (.refused(5000), .open), (.pass(ms: 5000), .open), (.fail(2), .halfOpen), (.fail(1), .open),
            (.refused(10000), .open), (.pass(ms: 10000), .open), (.fail(2), .halfOpen), (.fail(1), .open),
            (.refused(20000), .open), (.pass(ms: 20000), .open), (.fail(2), .halfOpen), (.fail(1), .open),
            (.refused(40000), .open), (.pass(ms: 40000), .open), (.fail(2), .halfOpen), (.fail(1), .open),
            (.refused(60000), .open), (.pass(ms: 60000), .open), (.fail(2), .halfOpen), (.fail(1), .open),
            (.refused(60000), .open)),
        Scenario(
            "closing forgets the window and the wait", opening, (.pass(ms: 5000), .open), (.fail(2), .halfOpen),
            (.fail(1), .open), (.pass(ms: 10000), .open), (.succeed(2), .halfOpen), (.succeed(1), .closed),
            (.fail(9), .closed), (.fail(1), .open), (.refused(5000), .open)),
    ]

    static let lateness = [
        Scenario(
            "a call from before the opening changes nothing while it is open",
            (.begin("old"), .closed), opening, (.end("old", .success), .open), (.refused(5000), .open)),
        Scenario(
            "a call from before the opening is no trial call",
            (.begin("old"), .closed), (.begin("older"), .closed), (.begin("oldest"), .closed), opening,
            (.pass(ms: 5000), .open), (.begin("a"), .halfOpen), (.end("old", .failure), .halfOpen),
            (.end("older", .failure), .halfOpen), (.end("oldest", .failure), .halfOpen),
            (.end("a", .success), .halfOpen),
            (.succeed(1), .halfOpen), (.succeed(1), .closed)),
        Scenario(
            "an ignored call from before gives no trial permit back",
            (.begin("old"), .closed), opening, (.pass(ms: 5000), .open), (.begin("a"), .halfOpen),
            (.begin("b"), .halfOpen), (.begin("c"), .halfOpen), (.end("old", .ignored), .halfOpen),
            (.refused(800), .halfOpen)),
        Scenario(
            "a trial of an earlier half-open state does not count in the next",
            (.begin("x"), .closed), opening, (.pass(ms: 5000), .open), (.fail(2), .halfOpen), (.fail(1), .open),
            (.pass(ms: 10000), .open), (.begin("a"), .halfOpen), (.end("x", .failure), .halfOpen),
            (.end("a", .success), .halfOpen), (.succeed(2), .closed)),
    ]

    @Test("Calls and time lead to the documented states", arguments: counting + slowness + waiting + lateness)
    func scenario(scenario: Scenario) throws {
        var breaker = CircuitBreakerState(CircuitBreaker.Configuration())
        var now: Int64 = 0
        var permits: [String: CircuitBreakerState.Permit] = [:]

        func permit() throws -> CircuitBreakerState.Permit {
            guard case .permitted(let permit) = breaker.acquire(at: now) else { throw Refused() }
            return permit
        }
        func calls(_ count: Int, _ outcome: CircuitBreaker.Outcome, _ ms: Int64) throws {
            for _ in 0..<count {
                breaker.record(outcome, duration: ms * 1_000_000, of: try permit(), at: now)
            }
        }

        for (index, (step, expected)) in scenario.steps.enumerated() {
            switch step {
            case .succeed(let count, let ms): try calls(count, .success, ms)
            case .fail(let count, let ms): try calls(count, .failure, ms)
            case .ignore(let count): try calls(count, .ignored, 10)
            case .begin(let name): permits[name] = try permit()
            case .end(let name, let outcome, let ms):
                let permit = try #require(permits[name])
                breaker.record(outcome, duration: ms * 1_000_000, of: permit, at: now)
            case .refused(let ms):
                #expect(breaker.acquire(at: now) == .rejected(retryAfter: .milliseconds(ms)), "step \(index)")
                #expect(breaker.rejection(at: now) == .milliseconds(ms), "step \(index)")
            case .pass(let ms): now += ms * 1_000_000
            }
            #expect(breaker.state == expected, "step \(index): \(step)")
        }
    }

    private struct Refused: Error {}

    @Test("Asking whether a call would be permitted takes no permit and changes no state")
    func asking() {
        var breaker = CircuitBreakerState(CircuitBreaker.Configuration())
        for _ in 0..<10 {
            guard case .permitted(let permit) = breaker.acquire(at: 0) else { break }
            breaker.record(.failure, duration: 0, of: permit, at: 0)
        }
        for _ in 0..<10 { #expect(breaker.rejection(at: 6_000_000_000) == nil) }
        #expect(breaker.state == .open)
    }
}
