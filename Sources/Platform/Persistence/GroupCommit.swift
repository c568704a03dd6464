import Telemetry
import Time

/// Group commit: runs units one after another and commits them together; one that fails leaves no trace.
///
/// A unit's caller is answered only after the commit that contains it has returned.
struct GroupCommit<Store: StoreConnection> {
    private let connection: Store
    private let commits: Counter
    private let units: Counter
    private let clock: Timestamp.Clock
    private let uptime: Uptime
    private let failures: LogLimit
    private let committed: @Sendable (Set<String>) -> Void

    init(
        _ connection: Store, clock: @escaping Timestamp.Clock, uptime: Uptime, metrics: Metrics, log: Log,
        committed: @escaping @Sendable (Set<String>) -> Void
    ) {
        self.connection = connection
        commits = metrics.counter("persistence_commits_total")
        units = metrics.counter("persistence_units_total")
        (self.clock, self.uptime, self.committed) = (clock, uptime, committed)
        failures = LogLimit(log)
    }

    func commit(_ batch: [any WriteUnit]) {
        var failure: DatabaseError?
        do { try run(batch) } catch let error as DatabaseError { failure = error } catch {
            failure = DatabaseError(kind: .other, message: "\(error)")
        }
        if let failure {
            failures.error("A commit failed", ["units": String(batch.count), "error": failure.description])
        } else {
            commits.increment()
            units.increment(by: batch.count)
            let channels = batch.reduce(into: Set<String>()) { $0.formUnion($1.channels) }
            if !channels.isEmpty { committed(channels) }
        }
        for unit in batch { unit.finish(failure) }
    }

    private func run(_ batch: [any WriteUnit]) throws {
        do {
            if batch.count == 1 {
                try runAlone(batch[0])
            } else if try !runTogether(batch) {
                try runApart(batch)
            }
        } catch {
            try connection.rollBack(.whole)
            throw error
        }
    }

    /// What a unit throws that had no neighbours is true even when the database gave up the transaction.
    private func runAlone(_ unit: any WriteUnit) throws {
        try connection.begin(.whole)
        guard unit.run(on: connection, now: clock(), uptime: uptime) else { return try connection.rollBack(.whole) }
        try connection.commit(.whole)
    }

    /// Without savepoints, which cost a copy of every page that is touched.
    /// - Returns: `false` when a unit failed after it had changed something; then everything is rolled back.
    private func runTogether(_ batch: [any WriteUnit]) throws -> Bool {
        try connection.begin(.whole)
        for unit in batch {
            connection.hasWritten = false
            let succeeded = unit.run(on: connection, now: clock(), uptime: uptime)
            // A statement that fails may take the whole transaction with it.
            if !succeeded, connection.hasWritten || !connection.isInTransaction {
                try connection.rollBack(.whole)
                return false
            }
        }
        try connection.commit(.whole)
        return true
    }

    /// Each unit in its savepoint, so that one that fails does not undo its neighbours.
    private func runApart(_ batch: [any WriteUnit]) throws {
        try connection.begin(.whole)
        for unit in batch {
            try connection.begin(.savepoint)
            let succeeded = unit.run(on: connection, now: clock(), uptime: uptime)
            if succeeded { try connection.commit(.savepoint) } else { try connection.rollBack(.savepoint) }
            try requireTransaction()
        }
        try connection.commit(.whole)
    }

    /// - Throws: when the database gave up the whole transaction, so that no unit of the batch may be acknowledged.
    private func requireTransaction() throws {
        guard connection.isInTransaction else {
            throw DatabaseError(kind: .unavailable, message: "the database rolled the transaction back")
        }
    }
}
