public import Persistence
public import Telemetry

/// Removes rows that nobody can need any more: published outbox rows and inbox rows older than the retention time.
public struct Retention: Sendable {
    private let database: Database
    /// Milliseconds; longer than the topic keeps its records, or a redelivery could take effect twice.
    private let keep: Int64
    private let log: Log

    private static let batchSize = 500

    public init(database: Database, keep: Duration, log: Log) {
        (self.database, self.log) = (database, log)
        self.keep = Int64(keep.components.seconds) * 1000
    }

    /// Purges once a minute until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            do { try await purge() } catch { log.error("Old rows could not be removed", ["error": "\(error)"]) }
            try? await Task.sleep(for: .seconds(60))  // Throws on cancellation only, which the loop looks at.
        }
    }

    /// In small transactions, so that orders do not wait.
    public func purge() async throws {
        while try await database.write({ try purgeOutbox(in: $0) }) == Self.batchSize {}
        while try await database.write({ try purgeInbox(in: $0) }) == Self.batchSize {}
    }

    /// Looks at the oldest rows only, so it costs nothing when none of them is old enough. Parked rows stay.
    private func purgeOutbox(in transaction: Transaction) throws -> Int {
        try transaction.execute(
            """
            DELETE FROM outbox WHERE id IN
            (SELECT id FROM outbox WHERE parked_reason IS NULL ORDER BY id LIMIT $1)
            AND published_at < $2
            """, [.int(Self.batchSize), .integer(transaction.now - keep)])
    }

    private func purgeInbox(in transaction: Transaction) throws -> Int {
        try transaction.execute(
            """
            DELETE FROM inbox WHERE (policy, event_id) IN
            (SELECT policy, event_id FROM inbox WHERE received_at < $1 ORDER BY received_at LIMIT $2)
            """, [.integer(transaction.now - keep), .int(Self.batchSize)])
    }
}
