import Dispatch
import Foundation
import Synchronization

/// The request to stop, by SIGTERM or SIGINT, to those who wait, ask or give up. A thread of its own waits for it.
final class TerminationSignal: Sendable {
    /// The process was asked to stop before it was ready.
    struct Received: Error, CustomStringConvertible { var description: String { "asked to stop" } }

    private struct State {
        var hasCome = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var overdue: (after: Duration, action: @Sendable () -> Void)?
    }
    private let state = Mutex(State())
    private let clock = DispatchQueue(label: "overdue-stop")

    /// - Parameter request: blocks until the process is asked to stop, by ``StopSignals`` or a test.
    init(after request: @escaping @Sendable () -> Void) {
        Thread { [self] in
            request()
            come()
        }.start()
    }

    var hasCome: Bool { state.withLock(\.hasCome) }

    /// For the steps of a start, between which it may end.
    func check() throws(Received) {
        if hasCome { throw Received() }
    }

    /// Returns when one of the signals has come.
    func wait() async {
        await withCheckedContinuation { continuation in
            let hasCome = state.withLock { state in
                if !state.hasCome { state.waiting.append(continuation) }
                return state.hasCome
            }
            if hasCome { continuation.resume() }
        }
    }

    /// Calls `action` when the process still runs that long after the signal; set it before that may come.
    func whenOverdue(after limit: Duration, _ action: @escaping @Sendable () -> Void) {
        let hasCome = state.withLock { state in
            state.overdue = (limit, action)
            return state.hasCome
        }
        if hasCome { startClock() }
    }

    private func come() {
        let waiting = state.withLock { state in
            defer { (state.hasCome, state.waiting) = (true, []) }
            return state.hasCome ? nil : state.waiting
        }
        guard let waiting else { return }
        startClock()
        for continuation in waiting { continuation.resume() }
    }

    private func startClock() {
        guard let (limit, action) = state.withLock(\.overdue) else { return }
        clock.asyncAfter(deadline: .now() + .seconds(Int(limit.components.seconds)), execute: action)
    }
}
