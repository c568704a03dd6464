import Telemetry

/// The topics that a service writes to, made when they are not there; each is waited for on its own.
struct ServiceTopics: Sendable {
    let create: @Sendable (_ topic: String) async throws -> Void
    let health: Health
    let log: Log

    struct Work: Sendable {
        /// Ends when the topic that all services share is there.
        var shared: Task<Void, Never>
        /// Nothing waits for it: where it may not be created, dead letters wait in the outbox, and nothing else.
        var deadLetters: Task<Void, Never>
    }

    func start(shared: String, deadLetters: String) -> Work {
        Work(shared: Task { await ensure(shared) }, deadLetters: Task { await ensure(deadLetters) })
    }

    /// Waits for a broker as long as it takes, until the service stops.
    private func ensure(_ topic: String) async {
        var reported = ""
        while health.phase != .stopping {
            do { return try await create(topic) } catch {
                // A refusal stays the same for as long as nobody grants the right.
                if reported != "\(error)" {
                    reported = "\(error)"
                    log.warning(
                        "Kafka is not there yet, requests are answered all the same",
                        ["topic": topic, "error": reported])
                }
                try? await Task.sleep(for: .seconds(1))  // Not cancelled; the loop ends by the phase.
            }
        }
    }
}
