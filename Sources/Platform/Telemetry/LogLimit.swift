import Synchronization

/// Says once a second that something fails, however often it does: a full disk fails thousands of times a second, and a log
/// that fills it is no help.
public final class LogLimit: Sendable {
    private struct State {
        var next = ContinuousClock.now
        var unsaid = 0
    }

    private let log: Log
    private let state = Mutex(State())

    public init(_ log: Log) { self.log = log }

    /// - Parameter now: tests set it.
    public func error(
        _ message: String, _ fields: KeyValuePairs<String, String> = [:], at now: ContinuousClock.Instant = .now
    ) {
        let unsaid: Int? = state.withLock { state in
            guard now >= state.next else {
                state.unsaid += 1
                return nil
            }
            defer { state = State(next: now + .seconds(1)) }
            return state.unsaid
        }
        guard let unsaid else { return }
        log.error(unsaid == 0 ? message : "\(message), as \(unsaid) times before", fields)
    }
}
