import Dispatch
import Foundation
import Synchronization

/// SIGTERM and SIGINT: from the moment it is made they no longer kill the process but ask it to stop.
final class TerminationSignal: Sendable {
    /// The process was asked to stop before it was ready.
    struct Received: Error, CustomStringConvertible { var description: String { "asked to stop" } }

    private struct State {
        var hasCome = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var overdue: (after: Duration, action: @Sendable () -> Void)?
    }
    private let state = Mutex(State())
    private let sources = Mutex<[any DispatchSourceSignal]>([])
    /// Has a thread of its own when it needs one, also when all others hang.
    private let queue = DispatchQueue(label: "signals")

    init() {
        sources.withLock { sources in
            for number in [SIGTERM, SIGINT] {
                signal(number, SIG_IGN)  // A dispatch source sees signals that are ignored.
                let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
                source.setEventHandler { [self] in come() }
                source.resume()
                sources.append(source)
            }
        }
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
        queue.asyncAfter(deadline: .now() + .seconds(Int(limit.components.seconds)), execute: action)
    }
}
