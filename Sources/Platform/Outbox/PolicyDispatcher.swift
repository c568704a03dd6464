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
    private let policies: [String: [Policy]]
    private let deadLetters: DeadLetters
    private let attempts: Attempts
    private let meters: DispatchMeters
    private let log: Log

    /// - Precondition: policy names are unique.
    public init(
        database: Database, policies: [Policy], group: String, metrics: Metrics, log: Log
    ) {
        precondition(Set(policies.map(\.name)).count == policies.count, "two policies have the same name")
        self.policies = Dictionary(grouping: policies, by: \.eventType)
        (self.database, self.log) = (database, log)
        deadLetters = DeadLetters(group: group)
        attempts = Attempts()
        meters = DispatchMeters(metrics, types: policies.map(\.eventType))
    }

    /// Whether any policy listens to `type`; records of other types need not be read.
    public func listens(to type: String) -> Bool { policies[type] != nil }

    /// Handles records in the order given; returns once everything that succeeded is committed.
    ///
    /// - Throws: `DatabaseError` when nothing of the batch could be committed; hand it in again.
    public func dispatch(_ records: [EventRecord]) async throws -> Outcome {
        guard !records.isEmpty else { return Outcome() }
        guard records.contains(where: concerns) else { return skip(records) }
        return try await database.write { try handle(records, in: $0) }
    }

    private func concerns(_ record: EventRecord) -> Bool { record.type.map(listens) ?? true }

    private func skip(_ records: [EventRecord]) -> Outcome {
        var outcome = Outcome()
        for record in records {
            meters.count(record.type, .skipped)
            outcome.next[record.partition] = record.offset + 1
        }
        return outcome
    }

    private func handle(_ records: [EventRecord], in transaction: Transaction) throws -> Outcome {
        var outcome = Outcome()
        for record in records where outcome.retry[record.partition] == nil {
            do {
                try handle(record, in: transaction)
                attempts.clear(record)
                outcome.next[record.partition] = record.offset + 1
            } catch let error as DatabaseError where error.isRetriable {
                throw error  // The whole transaction is at stake, not this record.
            } catch {
                try failed(record, error, &outcome, in: transaction)
            }
        }
        return outcome
    }

    private func handle(_ record: EventRecord, in transaction: Transaction) throws {
        guard let type = record.type else { throw Undecodable(type: "record", reason: "it has no type header") }
        guard let policies = policies[type] else { return meters.count(type, .skipped) }
        guard let bytes = record.payload else { throw Undecodable(type: type, reason: "it has no payload") }
        let (id, payload) = (record.eventId, EventPayload(bytes))
        transaction.cause = Cause(id: id, continuing: record.text("traceparent"))
        try transaction.savepoint {
            for policy in policies {
                guard try Inbox.markReceived(id, record, by: policy.name, in: transaction) else {
                    meters.duplicate()
                    continue
                }
                do { try policy.react(payload, transaction) } catch {
                    throw PolicyError(policy: policy.name, cause: error)
                }
                meters.count(type, .handled)
            }
        }
    }

    private func failed(
        _ record: EventRecord, _ error: any Error, _ outcome: inout Outcome, in transaction: Transaction
    ) throws {
        let failure = error as? PolicyError ?? PolicyError(policy: nil, cause: error)
        if let database = failure.cause as? DatabaseError, database.isRetriable { throw database }
        let attempt = attempts.add(record)
        guard failure.isPermanent || attempt >= Attempts.limit else {
            outcome.retry[record.partition] = record.offset
            meters.count(record.type, .retried)
            return log.warning("A policy failed and is tried again", failure.fields(record, attempt))
        }
        try deadLetters.append(record, failure, attempts: attempt, in: transaction)
        attempts.clear(record)
        outcome.next[record.partition] = record.offset + 1
        meters.count(record.type, .dead)
        log.error("A record went to the dead letters", failure.fields(record, attempt))
    }
}
