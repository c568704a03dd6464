import Persistence
import Synchronization
import Telemetry
import Time

/// How many orders wait for their payment, and for how long the first of them has.
final class WaitingMeters: Sendable {
    private struct State {
        var count = 0
        var age = 0.0
    }
    private let state = Mutex(State())
    private let within: Duration

    init(_ room: WaitingRoom, _ metrics: Metrics) {
        within = room.within
        metrics.gauge("waiting_orders") { [weak self] in Double(self?.state.withLock(\.count) ?? 0) }
        metrics.gauge("waiting_oldest_seconds") { [weak self] in self?.state.withLock(\.age) ?? 0 }
    }

    func update(from database: Database, now: Timestamp) async throws {
        let (count, first) = try await database.read { connection in
            (try WaitingRoom.length(in: connection), try WaitingRoom.first(in: connection))
        }
        let left = first.map { $0.waitsUntil.map { $0 - now } ?? .zero } ?? within
        state.withLock { $0 = State(count: count, age: (within - left) / .seconds(1)) }
    }
}
