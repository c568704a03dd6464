public import Persistence
public import Telemetry

/// Runs what is due.
public actor DeadlineRunner {
    private let database: Database
    private let deadlines: [String: Deadline]
    private let clock: Timestamp.Clock
    private let log: Log
    private let expired: Counter

    /// Milliseconds until a deadline that failed is tried again.
    private static let retryAfter: Int64 = 5_000
    private static let batchSize = 200

    public init(
        database: Database, deadlines: [Deadline], clock: @escaping Timestamp.Clock, metrics: Metrics, log: Log
    ) {
        (self.database, self.clock, self.log) = (database, clock, log)
        self.deadlines = Dictionary(uniqueKeysWithValues: deadlines.map { ($0.name, $0) })
        expired = metrics.counter("deadlines_expired_total")
    }

    /// Waits and runs until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            do {
                while try await runDue() == Self.batchSize {}
            } catch {
                log.error("Deadlines could not be read", ["error": "\(error)"])
            }
            // A fixed step, so that a clock that jumps is noticed. Throws on cancellation only, which the loop looks at.
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Runs a batch of what is due now, each deadline in a transaction of its own.
    /// - Returns: how many were due.
    @discardableResult
    public func runDue() async throws -> Int {
        let now = clock()
        let due = try await database.read { connection in
            try connection.query(
                "SELECT name, key FROM deadlines WHERE due_at <= $1 ORDER BY due_at LIMIT $2",
                [.integer(now), .int(Self.batchSize)]
            ) { (name: $0.text(0), key: $0.text(1)) }
        }
        for (name, key) in due { await expire(name, key, now) }
        return due.count
    }

    private func expire(_ name: String, _ key: String, _ now: Int64) async {
        do {
            guard let deadline = deadlines[name] else { return try await postpone(name, key, now) }
            let removed = try await database.write { transaction in
                // Cleared or moved since it was read: then it is not due.
                let removed = try transaction.execute(
                    "DELETE FROM deadlines WHERE name = $1 AND key = $2 AND due_at <= $3",
                    [.text(name), .text(key), .integer(now)])
                if removed == 1 { try deadline.expire(key, transaction) }
                return removed
            }
            expired.increment(by: removed)
        } catch {
            log.error("A deadline failed and is tried again", ["deadline": name, "key": key, "error": "\(error)"])
            // When this fails too, the row is still due and the next round sees it.
            try? await postpone(name, key, now)
        }
    }

    private func postpone(_ name: String, _ key: String, _ now: Int64) async throws {
        try await database.write { transaction in
            // Cleared or moved meanwhile: then it must not come back.
            try transaction.execute(
                "UPDATE deadlines SET due_at = $1 WHERE name = $2 AND key = $3 AND due_at <= $4",
                [.integer(now + Self.retryAfter), .text(name), .text(key), .integer(now)])
        }
    }
}
