import Persistence
import Telemetry
import Time

/// Sends what is due, so many per second, and sheds what there is too much of. Beside requests and events: whatever becomes
/// of messages holds up no order.
///
/// The queue is the table, so it outlives the process and takes no memory. Each attempt is noted before it is made; a
/// process that is killed between the channel's answer and the commit makes that attempt again, and only then a message
/// goes out twice.
actor MessageSender {
    /// How much is sent, and what is not.
    struct Limits: Sendable {
        var perSecond: Int
        /// Messages that wait; above that, what can be spared is shed.
        var waiting: Int
        /// What happened longer ago is news no more.
        var age: Duration
    }

    private let database: Database
    /// In the order in which they are tried.
    private let notifiers: [any Notifier]
    private let limits: Limits
    private let clock: Timestamp.Clock
    private let meters: MessageMeters
    private let log: Log
    private var rate: RateLimit

    private static let batchSize = 500

    init(
        database: Database, notifiers: [any Notifier], limits: Limits, clock: @escaping Timestamp.Clock,
        metrics: Metrics, log: Log
    ) {
        (self.database, self.notifiers, self.limits, self.clock) = (database, notifiers, limits, clock)
        (meters, self.log, rate) = (MessageMeters(metrics), log, RateLimit(perSecond: limits.perSecond))
    }

    /// Looks ten times a second until the task is cancelled. A round that has begun is finished, so that no answer is lost.
    func run() async {
        while !Task.isCancelled {
            await Task {
                do { try await sendDue() } catch {
                    log.error("Messages could not be sent, trying again", ["error": "\(error)"])
                }
            }.value
            try? await Task.sleep(for: .milliseconds(100))  // Throws on cancellation only, which the loop looks at.
        }
    }

    /// One round: sheds, then sends what the rate allows.
    func sendDue() async throws {
        try await shedSurplus()
        let now = clock()
        let allowed = rate.available(at: now)
        guard allowed > 0 else { return }
        let due = try await database.read { try Messages.due(at: now, atMost: Self.batchSize, in: $0) }
        let old = due.filter { $0.happenedAt < now - limits.age }
        try await shed(old, "it is too old", meters.expired)
        let batch = due.filter { $0.happenedAt >= now - limits.age }.prefix(allowed)
        rate.use(batch.count)
        try await send(Array(batch), now)
    }

    // MARK: Sending

    private func send(_ messages: [Message], _ now: Timestamp) async throws {
        guard !messages.isEmpty else { return }
        let begun = try await database.write { transaction in
            try messages.map { message in
                try Messages.table.change(message, in: transaction) { try $0.begin(at: now) }
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for message in begun { group.addTask { try await self.send(message) } }
            try await group.waitForAll()
        }
    }

    private nonisolated func send(_ message: Message) async throws {
        let outcome = await outcome(of: message)
        let settled = try await database.write { [clock, notifiers] transaction in
            try SettleMessage(channels: notifiers.map(\.channel), now: clock())
                .settle(message, outcome, in: transaction)
        }
        meters.count(settled)
        if case .failed(let reason) = outcome { noteFailure(message, reason) }
        if case .refused(let reason) = outcome { noteFailure(message, reason) }
    }

    private nonisolated func outcome(of message: Message) async -> Outcome {
        guard let notifier = notifiers.first(where: { $0.channel == message.channel }) else {
            return .refused("this channel is not set up")
        }
        return await notifier.send(message)
    }

    private nonisolated func noteFailure(_ message: Message, _ reason: String) {
        log.warning(
            "A message did not go out",
            [
                "message": String(message.id), "channel": message.channel.rawValue, "reason": reason,
                "attempt": String(message.attempts),
            ])
    }

    // MARK: Shedding

    /// Sheds what is over the bound and can be spared, the oldest first. The last status of an order never can.
    private func shedSurplus() async throws {
        while true {
            let (count, spare) = try await database.read { [limits] connection in
                let count = try Messages.waiting(atMost: limits.waiting + Self.batchSize, in: connection)
                return (count, try Messages.superseded(atMost: max(0, count - limits.waiting), in: connection))
            }
            meters.waiting(count)
            guard !spare.isEmpty else { return }
            try await shed(spare, "there are too many messages, and a newer one of the order", meters.shed)
        }
    }

    private func shed(_ messages: [Message], _ reason: String, _ counter: Counter) async throws {
        guard !messages.isEmpty else { return }
        try await database.write { transaction in
            for message in messages {
                _ = try Messages.table.change(message, in: transaction) { try $0.shed(reason: reason) }
            }
        }
        counter.increment(by: messages.count)
    }
}
