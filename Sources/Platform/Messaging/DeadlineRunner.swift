public import Persistence
public import Telemetry
public import Time

/// Runs what is due, many in one commit.
public actor DeadlineRunner {
    private let database: Database
    private let batch: DeadlineBatch
    private let uptime: Uptime
    private let log: Log
    private let expired: Counter
    private var hasAdopted = false

    private static let batchSize = 200

    /// - Parameter uptime: the database's unless told.
    public init(
        database: Database, deadlines: [Deadline], uptime: Uptime? = nil, metrics: Metrics, log: Log
    ) {
        (self.database, self.uptime, self.log) = (database, uptime ?? database.uptime, log)
        batch = DeadlineBatch(deadlines: Dictionary(uniqueKeysWithValues: deadlines.map { ($0.name, $0) }))
        expired = metrics.counter("deadlines_expired_total")
    }

    /// Waits and runs until the task is cancelled; a batch that has begun is finished.
    public func run() async {
        var pause = Duration.seconds(1)
        while !Task.isCancelled {
            do {
                while try await runDue() == Self.batchSize, !Task.isCancelled {}
                pause = .seconds(1)
            } catch {
                log.error("Deadlines could not be run, trying again", ["error": "\(error)", "after": "\(pause)"])
                pause = min(pause * 2, .seconds(16))
            }
            try? await Task.sleep(for: pause)  // Throws on cancellation only, which the loop looks at.
        }
    }

    /// Runs a batch of what is due now in one transaction; one that fails does not undo its neighbours.
    /// - Returns: how many were due.
    /// - Throws: `DatabaseError`; then all of them are still due.
    @discardableResult
    public func runDue() async throws -> Int {
        try await adopt()
        let now = uptime.now()
        let due = try await database.read { try DeadlineBatch.due(at: now, atMost: Self.batchSize, in: $0) }
        guard !due.isEmpty else { return 0 }
        let result = try await database.write { [batch] in try batch.expire(due, now, in: $0) }
        expired.increment(by: result.expired)
        for failure in result.failures {
            log.error(
                "A deadline failed and is tried again",
                ["deadline": failure.wait.name, "key": failure.wait.key, "error": failure.reason])
        }
        return due.count
    }

    private func adopt() async throws {
        guard !hasAdopted else { return }
        try await database.write { [uptime] in try Deadlines.adopt(by: uptime, in: $0) }
        hasAdopted = true
    }
}
