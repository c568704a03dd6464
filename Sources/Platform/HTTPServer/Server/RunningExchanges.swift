import Synchronization

/// The exchanges whose connection is suspended, so that deadline and stop can reach them.
final class RunningExchanges: Sendable {
    private struct State {
        var isClosed = false
        var exchanges: [ObjectIdentifier: Exchange] = [:]
    }
    private let state = Mutex(State())

    /// - Returns: `false` when the server is stopping: the exchange must then not suspend its connection.
    func add(_ exchange: Exchange) -> Bool {
        state.withLock { state in
            if state.isClosed { return false }
            state.exchanges[ObjectIdentifier(exchange)] = exchange
            return true
        }
    }

    func remove(_ exchange: Exchange) {
        state.withLock { _ = $0.exchanges.removeValue(forKey: ObjectIdentifier(exchange)) }
    }

    /// Answers all that started before `time` in their handlers' place.
    func expire(startedBefore time: ContinuousClock.Instant) {
        let late = state.withLock { state in state.exchanges.values.filter { $0.start < time } }
        for exchange in late { exchange.abandon() }
    }

    /// Answers all, and lets no other connection be suspended from now on.
    func close() {
        let all = state.withLock { state in
            state.isClosed = true
            return Array(state.exchanges.values)
        }
        for exchange in all { exchange.abandon() }
    }
}
