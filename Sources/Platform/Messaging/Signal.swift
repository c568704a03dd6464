import Synchronization

/// Wakes one waiting task; signals that come while nobody waits are remembered as one.
final class Signal: Sendable {
    private enum State {
        case idle, signalled
        case waiting(CheckedContinuation<Void, Never>)
    }
    private let state = Mutex(State.idle)

    func signal() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if case .waiting(let continuation) = state {
                state = .idle
                return continuation
            }
            state = .signalled
            return nil
        }
        waiter?.resume()
    }

    /// Returns at the next signal, or at once when one came since the last wait, or when the task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let atOnce = state.withLock { state -> Bool in
                    if case .signalled = state {
                        state = .idle
                        return true
                    }
                    if Task.isCancelled { return true }
                    state = .waiting(continuation)
                    return false
                }
                if atOnce { continuation.resume() }
            }
        } onCancel: {
            signal()
        }
    }

    /// Like ``wait()``, but no longer than `duration`.
    func wait(atMost duration: Duration) async {
        let alarm = Task { [self] in
            try await Task.sleep(for: duration)
            signal()
        }
        await wait()
        alarm.cancel()
    }
}
