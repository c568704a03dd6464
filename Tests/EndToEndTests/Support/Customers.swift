import Foundation
import HTTPClient
import Synchronization

/// Customers that keep ordering, and remember what they were answered.
final class Customers: Sendable {
    private struct State {
        var acknowledged: Set<String> = []
        var refused: [Int: Int] = [:]
        var isDone = false
    }
    private let system: FoodSystem
    private let state = Mutex(State())
    private let tasks: Mutex<[Task<Void, Never>]> = Mutex([])

    init(_ system: FoodSystem) { self.system = system }

    /// Ids that were answered 201.
    var acknowledged: Set<String> { state.withLock(\.acknowledged) }
    /// Answers other than 201, by status; 0 is no answer.
    var refused: [Int: Int] { state.withLock(\.refused) }

    func start(_ count: Int = 8) {
        let run = UUID().uuidString.prefix(8)
        tasks.withLock { tasks in
            tasks += (0..<count).map { customer in
                Task {
                    var number = 0
                    while !isDone {
                        number += 1
                        await order("\(run)-\(customer)-\(number)")
                    }
                }
            }
        }
    }

    /// Lets the order in hand be answered, or given up, and waits for that.
    func stop() async {
        state.withLock { $0.isDone = true }
        for task in tasks.withLock({ $0 }) { await task.value }
    }

    private var isDone: Bool { state.withLock(\.isDone) }

    /// Asks again under the same id until there is a final answer, as a client with an idempotency key does.
    private func order(_ id: String) async {
        while true {
            let status = (try? await system.order(id).status) ?? 0
            if status == 201 {
                state.withLock { _ = $0.acknowledged.insert(id) }
                return
            }
            state.withLock { $0.refused[status, default: 0] += 1 }
            if isDone || (400..<500).contains(status) && status != 409 { return }
        }
    }
}
