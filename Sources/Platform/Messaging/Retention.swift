public import Persistence
public import Telemetry
public import Time

/// Removes rows that nobody can need any more: published outbox rows, inbox rows and what else a service names, when
/// they are older than the retention time.
///
/// Inbox rows are kept twice as long as outbox rows: an event may be published again, to a broker that lost its memory,
/// until it is as old as the retention time, and then be read until the topic forgets it, which takes no longer either.
public struct Retention: Sendable {
    /// Removes at most `limit` rows older than `time`.
    /// - Returns: how many it removed; `limit` means that there may be more.
    public typealias Purge = @Sendable (_ time: Timestamp, _ limit: Int, Transaction) throws -> Int

    private let database: Database
    private let purges: [(keep: Duration, purge: Purge)]
    private let log: Log

    private static let batchSize = 500

    /// - Parameter keep: longer than the topic keeps its records, or a redelivery could take effect twice.
    public init(database: Database, keep: Duration, also more: [Purge] = [], log: Log) {
        (self.database, self.log) = (database, log)
        purges = [(keep, Outbox.purge), (keep * 2, Inbox.purge)] + more.map { (keep, $0) }
    }

    /// Purges once a minute until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            do { try await purge() } catch { log.error("Old rows could not be removed", ["error": "\(error)"]) }
            try? await Task.sleep(for: .seconds(60))  // Throws on cancellation only, which the loop looks at.
        }
    }

    /// In small transactions, so that orders do not wait; ends between two of them when the task is cancelled.
    public func purge() async throws {
        for (keep, purge) in purges {
            while !Task.isCancelled,
                try await database.write({ try purge($0.now - keep, Self.batchSize, $0) }) == Self.batchSize
            {}
        }
    }
}
