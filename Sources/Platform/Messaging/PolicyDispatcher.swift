public import Events
public import Persistence
import Records
import Synchronization
public import Telemetry

/// Runs the policies on records: inbox row, state and outbox rows of a record commit together, or none of them.
///
/// A record that fails for now stops its partition and no other; one that can never succeed goes to the dead letters
/// and its partition moves on. A policy that finds its event too early waits for what is missing (``EarlyEvents``), and
/// the partition moves on as well: so records may come in any order, and dead letters be sent again at any time.
public final class PolicyDispatcher: Sendable {
    public struct Outcome: Sendable, Equatable {
        /// Topic offsets that may be stored now, per partition: one past the last record that is done with.
        public var next: [Int: Int] = [:]
        /// Partitions that must be read again from here, because the record there failed for now.
        public var retry: [Int: Int] = [:]
    }

    private let database: Database
    private let batch: PolicyBatch
    private let attempts: Attempts
    private let meters: DispatchMeters
    private let log: Log
    /// Whether early events may be waiting; then every record counts, also one that nobody listens to.
    private let mayAnyWait = Atomic(false)
    /// Up to where records were skipped, by partition, as far as the database does not know it yet.
    private let skipped = Mutex(ReadMarks())
    /// What this dispatcher has written down of the partitions it has.
    private let written = Mutex(ReadMarks())

    private static let retriesPerCommit = 100

    /// - Parameter earlyLimit: how long an early event waits before it becomes a dead letter.
    /// - Precondition: policy names are unique.
    public init(
        database: Database, policies: [Policy], group: String, earlyLimit: Duration = .seconds(3600), metrics: Metrics,
        log: Log
    ) {
        precondition(Set(policies.map(\.name)).count == policies.count, "two policies have the same name")
        let attempts = Attempts()
        (self.database, self.log, self.attempts) = (database, log, attempts)
        batch = PolicyBatch(
            policies: Dictionary(grouping: policies, by: \.eventType), deadLetters: DeadLetters(group: group),
            earlyLimit: earlyLimit, attempts: attempts)
        meters = DispatchMeters(metrics, types: policies.map(\.eventType))
    }

    /// Whether any policy listens to `type`; records of other types need not be read.
    public func listens(to type: String) -> Bool { batch.policies[type] != nil }

    /// To be called when the partitions have changed: others may have read on in those that were lost, and what was skipped there
    /// they skip as well.
    public func beginAgain() {
        skipped.withLock { $0 = ReadMarks() }
        written.withLock { $0 = ReadMarks() }
    }

    /// Handles records in the order given; returns once everything that succeeded is committed.
    ///
    /// - Throws: `DatabaseError` when nothing of the batch could be committed; hand it in again. ``DatabaseWentBack`` when the
    ///   records before it have to be read again.
    public func dispatch(_ records: [EventRecord]) async throws -> Outcome {
        guard mayAnyWait.load(ordering: .relaxed) || records.contains(where: concerns) else {
            let outcome = finish(PolicyBatch.Result(skipping: records))
            let new = ReadMarks(outcome.next, like: records.first)
            skipped.withLock { $0.marks.merge(new.marks) { $1 } }
            return outcome
        }
        let result = try await handle(records)
        let handled = ReadMarks(result.outcome.next, like: records.first)
        skipped.withLock { skipped in for place in handled.marks.keys { skipped.marks[place] = nil } }
        written.withLock { $0.marks.merge(handled.marks) { $1 } }
        return finish(result)
    }

    /// Commits what the records lead to, and up to where they are done with.
    private func handle(_ records: [EventRecord]) async throws -> PolicyBatch.Result {
        let known = written.withLock(\.self)
        let write = { [database] (handle: @escaping @Sendable (Transaction) throws -> PolicyBatch.Result) in
            try await database.write { transaction in
                try ReadMarksTable.require(known, in: transaction)
                let result = try handle(transaction)
                try ReadMarksTable.write(ReadMarks(result.outcome.next, like: records.first), in: transaction)
                return result
            }
        }
        do {
            return try await write { [batch] in try batch.handleTogether(records, in: $0) }
        } catch let error as DatabaseError where error.isRetriable {
            throw error
        } catch let error as DatabaseWentBack {
            throw error
        } catch {
            // One of them failed, and took the others with it: each on its own then.
            return try await write { [batch] in try batch.handleApart(records, in: $0) }
        }
    }

    /// Lets the database know of records that were skipped, which cost no transaction of their own: once in a while, and
    /// at the end. Until then they are read again, and count as lost should they be gone by then.
    ///
    /// Not while ``dispatch(_:)`` runs.
    public func noteSkipped() async throws {
        let marks = skipped.withLock(\.self)
        guard !marks.marks.isEmpty else { return }
        try await database.write { try ReadMarksTable.write(marks, in: $0) }
        skipped.withLock { $0 = ReadMarks() }
    }

    private func concerns(_ record: EventRecord) -> Bool { record.type.map(listens) ?? true }

    /// Tries early events again whenever they are due, until the task is cancelled.
    public func retryEarlyEvents() async {
        while !Task.isCancelled {
            do { try await retryDueEarlyEvents() } catch {
                log.error("Early events could not be tried again", ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(1))  // Throws on cancellation only, which the loop looks at.
        }
    }

    /// Tries once what is due now.
    public func retryDueEarlyEvents() async throws {
        let limit = Self.retriesPerCommit
        guard try await database.read({ try EarlyEvents.isAnyWaiting(in: $0) }) else { return }
        while !Task.isCancelled {
            let (due, result) = try await database.write { [batch] in try batch.retryDue(atMost: limit, in: $0) }
            _ = finish(result)
            if due < limit { return }
        }
    }

    /// Counts and logs what is committed now.
    private func finish(_ result: PolicyBatch.Result) -> Outcome {
        mayAnyWait.store(result.isAnyEarly, ordering: .relaxed)
        for (type, count) in result.handled { meters.count(type, .handled, count) }
        for (type, count) in result.early { meters.count(type, .early, count) }
        meters.count(nil, .skipped, result.skipped)
        meters.duplicates(result.duplicates)
        for failure in result.failures {
            let fields = failure.error.fields(failure.record, failure.attempt)
            if failure.isDead {
                attempts.clear(failure.record)
                meters.count(failure.record.type, .dead, 1)
                log.error("A record went to the dead letters", fields)
            } else {
                attempts.note(failure.record)
                meters.count(failure.record.type, .retried, 1)
                log.warning("A policy failed and is tried again", fields)
            }
        }
        return result.outcome
    }
}
