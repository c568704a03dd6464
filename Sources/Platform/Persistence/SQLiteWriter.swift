import Telemetry

/// Group commit: runs units one after another, each in its savepoint, and commits them together.
///
/// A unit's caller is answered only after the commit that contains it has returned.
struct SQLiteWriter {
    private let connection: SQLiteConnection
    private let commits: Counter
    private let units: Counter
    private let clock: Timestamp.Clock
    private let log: Log
    private let committed: @Sendable (Set<String>) -> Void

    init(
        _ connection: SQLiteConnection, clock: @escaping Timestamp.Clock, metrics: Metrics, log: Log,
        committed: @escaping @Sendable (Set<String>) -> Void
    ) {
        self.connection = connection
        commits = metrics.counter("persistence_commits_total")
        units = metrics.counter("persistence_units_total")
        (self.clock, self.log, self.committed) = (clock, log, committed)
    }

    func commit(_ batch: [any WriteUnit]) {
        var failure: DatabaseError?
        do { try run(batch) } catch let error as DatabaseError { failure = error } catch {
            failure = DatabaseError(kind: .other, message: "\(error)")
        }
        if let failure {
            log.error("A commit failed", ["units": String(batch.count), "error": failure.description])
        } else {
            commits.increment()
            units.increment(by: batch.count)
            let channels = batch.reduce(into: Set<String>()) { $0.formUnion($1.channels) }
            if !channels.isEmpty { committed(channels) }
        }
        for unit in batch { unit.finish(failure) }
    }

    private func run(_ batch: [any WriteUnit]) throws {
        try connection.begin(.whole)
        do {
            for unit in batch { try run(unit) }
            try connection.commit(.whole)
        } catch {
            try connection.rollBack(.whole)
            throw error
        }
    }

    /// - Throws: when the database gave up the whole transaction, so that no unit of the batch may be acknowledged.
    private func run(_ unit: any WriteUnit) throws {
        try connection.begin(.savepoint)
        let succeeded = unit.run(on: connection, now: clock())
        guard connection.isInTransaction else {
            throw DatabaseError(kind: .unavailable, message: "the database rolled the transaction back")
        }
        if succeeded { try connection.commit(.savepoint) } else { try connection.rollBack(.savepoint) }
    }
}
