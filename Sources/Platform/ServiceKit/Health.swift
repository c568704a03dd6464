import Synchronization

/// What the probes are told.
final class Health: Sendable {
    enum Phase: Sendable { case starting, running, stopping }

    private struct State: Sendable {
        var phase = Phase.starting
        var lostEvents: String?
    }
    private let state = Mutex(State())

    var phase: Phase { state.withLock(\.phase) }

    func enter(_ phase: Phase) { state.withLock { $0.phase = phase } }

    /// Events that this service needed are gone from the topic: a person has to look, so it stays down.
    func eventsAreLost(_ reason: String) { state.withLock { $0.lostEvents = reason } }

    /// `nil` when requests may come, or else why not.
    var unready: String? {
        state.withLock { state in
            switch state.phase {
            case .starting: "starting"
            case .stopping: "stopping"
            case .running: state.lostEvents
            }
        }
    }
}
