import Synchronization
import Telemetry

/// What the operator sees of messages.
final class MessageMeters: Sendable {
    let shed: Counter
    let expired: Counter
    private let settled: [Message.Status: Counter]
    private let queue = Atomic<Int>(0)

    init(_ metrics: Metrics) {
        shed = metrics.counter("messages_total", ["outcome": "shed"])
        expired = metrics.counter("messages_total", ["outcome": "expired"])
        settled = Dictionary(
            uniqueKeysWithValues: [.sent, .retrying, .failed].map { status in
                (status, metrics.counter("messages_total", ["outcome": status.rawValue]))
            })
        metrics.gauge("messages_waiting") { [weak self] in Double(self?.queue.load(ordering: .relaxed) ?? 0) }
    }

    func count(_ status: Message.Status) { settled[status]?.increment() }
    func waiting(_ count: Int) { queue.store(count, ordering: .relaxed) }
}
