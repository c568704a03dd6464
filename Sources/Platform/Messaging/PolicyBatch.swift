import Events
import Persistence
import Telemetry

/// What happens to a batch of records inside one transaction. Has no other effect, so a transaction may run it again.
struct PolicyBatch: Sendable {
    /// By the type of event that they listen to.
    let policies: [String: [Policy]]
    let deadLetters: DeadLetters
    /// After which an early event is given up.
    let earlyLimit: Duration
    let attempts: Attempts

    struct Failure: Sendable {
        var record: EventRecord
        var error: PolicyError
        /// This one included.
        var attempt: Int
        var isDead: Bool
    }

    struct Result: Sendable {
        var outcome = PolicyDispatcher.Outcome()
        /// Reactions by event type.
        var handled: [String: Int] = [:]
        /// Reactions that have to wait, by event type.
        var early: [String: Int] = [:]
        var skipped = 0
        var duplicates = 0
        var failures: [Failure] = []
        /// Whether events wait that came too early, as far as this batch knows.
        var isAnyEarly = false

        init() {}

        /// Nobody listens to any of them.
        init(skipping records: [EventRecord]) {
            skipped = records.count
            for record in records { done(record) }
        }

        mutating func done(_ record: EventRecord) { outcome.next[record.partition] = record.offset + 1 }
    }

    /// The usual case: nothing fails, so no record needs a savepoint.
    /// - Throws: the first failure; the transaction must not commit then.
    func handleTogether(_ records: [EventRecord], in transaction: Transaction) throws -> Result {
        var result = Result()
        result.isAnyEarly = try EarlyEvents.isAnyWaiting(in: transaction)
        for record in records {
            try handle(record, &result, in: transaction) { policy, payload in
                try policy.react(payload, transaction)
                return true
            }
            try releaseEarly(behind: record, &result, in: transaction)
            result.done(record)
        }
        return result
    }

    /// Each record in its savepoint: one that fails does not undo its neighbours. A policy that comes too early is undone
    /// alone, and waits.
    /// - Throws: `DatabaseError` when the whole transaction is at stake, not one record.
    func handleApart(_ records: [EventRecord], in transaction: Transaction) throws -> Result {
        var result = Result()
        result.isAnyEarly = try EarlyEvents.isAnyWaiting(in: transaction)
        for record in records where result.outcome.retry[record.partition] == nil {
            do {
                let before = result
                do { try transaction.savepoint { try handlePatiently(record, &result, in: transaction) } } catch {
                    result = before
                    throw error
                }
                try releaseEarly(behind: record, &result, in: transaction)
                result.done(record)
            } catch {
                let failure = error as? PolicyError ?? PolicyError(policy: nil, cause: error)
                if let database = failure.cause as? DatabaseError, database.isRetriable { throw database }
                try fail(record, failure, attempts.count(record) + 1, &result, in: transaction)
            }
        }
        return result
    }

    private func handlePatiently(
        _ record: EventRecord, _ result: inout Result, in transaction: Transaction
    ) throws {
        try handle(record, &result, in: transaction) { policy, payload in
            do {
                try transaction.savepoint { try policy.react(payload, transaction) }
                return true
            } catch let early as TooEarly {
                try EarlyEvents.hold(record, for: policy.name, early, in: transaction)
                return false
            }
        }
    }

    /// Hands the record to the policies that have not had it before.
    /// - Parameter react: returns `false` when the policy has to wait.
    private func handle(
        _ record: EventRecord, _ result: inout Result, in transaction: Transaction,
        _ react: (Policy, EventPayload) throws -> Bool
    ) throws {
        guard let type = record.type else { throw Undecodable(type: "record", reason: "it has no type header") }
        guard let policies = policies[type] else {
            result.skipped += 1
            return
        }
        guard record.payload != nil else { throw Undecodable(type: type, reason: "it has no payload") }
        let (id, payload) = (record.eventId, EventPayload(of: record))
        let attempt = attempts.count(record) + 1
        var cause = Cause(id: id, continuing: record.text("traceparent"))
        for policy in policies {
            guard try policy.dropsRepeats || Inbox.markReceived(id, record, by: policy.name, in: transaction) else {
                result.duplicates += 1
                continue
            }
            cause.by = attempt == 1 ? policy.name : "\(policy.name), attempt \(attempt)"
            transaction.cause = cause
            let isDone: Bool
            do { isDone = try react(policy, payload) } catch { throw PolicyError(policy: policy.name, cause: error) }
            if isDone {
                result.handled[type, default: 0] += 1
            } else {
                result.early[type, default: 0] += 1
                result.isAnyEarly = true
            }
        }
    }

    private func fail(
        _ record: EventRecord, _ error: PolicyError, _ attempt: Int, _ result: inout Result, in transaction: Transaction
    ) throws {
        // A crash between the letter's commit and the offset's brings the record again.
        guard try !DeadLetters.has(record, in: transaction) else {
            result.duplicates += 1
            return result.done(record)
        }
        let isDead = error.isPermanent || attempt >= Attempts.limit
        result.failures.append(Failure(record: record, error: error, attempt: attempt, isDead: isDead))
        guard isDead else {
            result.outcome.retry[record.partition] = record.offset
            return
        }
        try deadLetters.append(record, error, attempts: attempt, in: transaction)
        result.done(record)
    }
}
