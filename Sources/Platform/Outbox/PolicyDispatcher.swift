public import EventBus
public import Persistence
public import Telemetry

/// Runs the policies on records: inbox row, state and outbox rows of a record commit together, or none of them.
///
/// A record that fails for now stops its partition and no other; one that can never succeed goes to the dead letters
/// and its partition moves on. Later records of the same key do not wait for a dead letter: every policy here either
/// only moves forward or refuses what does not fit, and a dead letter may be sent again at any time.
public struct PolicyDispatcher: Sendable {
    public struct Outcome: Sendable, Equatable {
        /// Topic offsets that may be stored now, per partition: one past the last record that is done with.
        public var next: [Int32: Int64] = [:]
        /// Partitions that must be read again from here, because the record there failed for now.
        public var retry: [Int32: Int64] = [:]
    }

    private let database: Database
    private let batch: PolicyBatch
    private let attempts = Attempts()
    private let meters: DispatchMeters
    private let log: Log

    /// - Precondition: policy names are unique.
    public init(database: Database, policies: [Policy], group: String, metrics: Metrics, log: Log) {
        precondition(Set(policies.map(\.name)).count == policies.count, "two policies have the same name")
        (self.database, self.log) = (database, log)
        batch = PolicyBatch(
            policies: Dictionary(grouping: policies, by: \.eventType), deadLetters: DeadLetters(group: group))
        meters = DispatchMeters(metrics, types: policies.map(\.eventType))
    }

    /// Whether any policy listens to `type`; records of other types need not be read.
    public func listens(to type: String) -> Bool { batch.policies[type] != nil }

    /// Handles records in the order given; returns once everything that succeeded is committed.
    ///
    /// - Throws: `DatabaseError` when nothing of the batch could be committed; hand it in again.
    public func dispatch(_ records: [EventRecord]) async throws -> Outcome {
        guard records.contains(where: concerns) else { return finish(PolicyBatch.Result(skipping: records)) }
        do {
            return finish(try await database.write { try batch.handleTogether(records, in: $0) })
        } catch let error as DatabaseError where error.isRetriable {
            throw error
        } catch {
            // One of them failed, and took the others with it: each on its own then.
            let attempts = attempts
            return finish(try await database.write { try batch.handleApart(records, attempts, in: $0) })
        }
    }

    private func concerns(_ record: EventRecord) -> Bool { record.type.map(listens) ?? true }

    /// Counts and logs what is committed now.
    private func finish(_ result: PolicyBatch.Result) -> Outcome {
        for (type, count) in result.handled { meters.count(type, .handled, count) }
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
