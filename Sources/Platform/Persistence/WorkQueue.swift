import Dispatch
import Synchronization

/// Hands work to threads that block for it; nobody is woken who is not waiting.
final class WorkQueue<Item: Sendable>: Sendable {
    private struct State {
        var items: [Item] = []
        var waiting = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let semaphore = DispatchSemaphore(value: 0)

    /// - Returns: `false` when the queue is closed; then `item` is not taken.
    func append(_ item: Item) -> Bool {
        let (taken, wake) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.items.append(item)
            guard state.waiting > 0 else { return (true, false) }
            state.waiting -= 1
            return (true, true)
        }
        if wake { semaphore.signal() }
        return taken
    }

    /// Blocks until there is work.
    /// - Parameter limit: at most so many items, oldest first.
    /// - Returns: an empty array when the queue is closed and empty: the thread should end.
    func take(atMost limit: Int) -> [Item] {
        while true {
            let (items, isClosed) = state.withLock { state -> ([Item], Bool) in
                guard !state.items.isEmpty else {
                    if !state.isClosed { state.waiting += 1 }
                    return ([], state.isClosed)
                }
                if state.items.count <= limit {
                    defer { state.items = [] }
                    return (state.items, false)
                }
                defer { state.items.removeFirst(limit) }
                return (Array(state.items.prefix(limit)), false)
            }
            if isClosed || !items.isEmpty { return items }
            semaphore.wait()
        }
    }

    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = 0 }
            return state.waiting
        }
        for _ in 0..<waiting { semaphore.signal() }
    }
}
