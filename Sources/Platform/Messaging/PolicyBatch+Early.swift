import Events
import Foundation
import Persistence
import Telemetry

/// Trying early events again.
extension PolicyBatch {
    private enum Retry {
        case succeeded, dead
        /// With what it waits for.
        case waits(any Error)
    }

    /// Tries again what waits for the key of `record`, in the order in which it came, until nothing moves any more.
    ///
    /// Every record counts, also one that no policy here listens to: what a command of this service has changed comes back
    /// through the topic as its event.
    func releaseEarly(behind record: EventRecord, _ result: inout Result, in transaction: Transaction) throws {
        guard result.isAnyEarly, let key = record.key else { return }
        var isMoving = true
        while isMoving {
            isMoving = false
            for waiting in try EarlyEvents.waiting(for: key, in: transaction) {
                if case .succeeded = try retry(waiting, &result, in: transaction) { isMoving = true }
            }
        }
    }

    /// Tries again what the timer finds due; what has waited too long goes to the dead letters.
    /// - Returns: how many were due, and what became of them.
    func retryDue(atMost limit: Int, in transaction: Transaction) throws -> (due: Int, result: Result) {
        var result = Result()
        let due = try EarlyEvents.due(atMost: limit, now: transaction.now, in: transaction)
        for waiting in due {
            guard case .waits(let reason) = try retry(waiting, &result, in: transaction) else { continue }
            if EarlyEvents.waited(after: waiting.tries + 1) >= earlyLimit {
                try giveUp(waiting, WaitedInVain("\(reason)", limit: earlyLimit), &result, in: transaction)
            } else {
                try EarlyEvents.postpone(waiting, in: transaction)
            }
        }
        result.isAnyEarly = try EarlyEvents.isAnyWaiting(in: transaction)
        return (due.count, result)
    }

    /// - Throws: `DatabaseError` when the whole transaction is at stake.
    private func retry(
        _ waiting: EarlyEvents.Waiting, _ result: inout Result, in transaction: Transaction
    ) throws -> Retry {
        let record = waiting.record
        guard let type = record.type, let policy = policies[type]?.first(where: { $0.name == waiting.policy }) else {
            try giveUp(waiting, PolicyGone(), &result, in: transaction)
            return .dead
        }
        transaction.cause = Cause(
            id: record.eventId, continuing: record.text("traceparent"), by: "\(policy.name), after waiting")
        do {
            try transaction.savepoint { try policy.react(EventPayload(of: record), transaction) }
        } catch let error as DatabaseError where error.isRetriable {
            throw error
        } catch let error as any PermanentFailure {
            try giveUp(waiting, error, &result, in: transaction)
            return .dead
        } catch {
            return .waits(error)  // Too early, or an error that may pass.
        }
        try EarlyEvents.remove(waiting, in: transaction)
        result.handled[type, default: 0] += 1
        return .succeeded
    }

    /// Sets it aside as a dead letter, and lets its policy have it again when the letter is sent again.
    private func giveUp(
        _ waiting: EarlyEvents.Waiting, _ reason: any Error, _ result: inout Result, in transaction: Transaction
    ) throws {
        let error = PolicyError(policy: waiting.policy, cause: reason)
        let attempts = waiting.tries + 1
        try EarlyEvents.remove(waiting, in: transaction)
        try Inbox.forget(waiting.record.eventId, by: waiting.policy, in: transaction)
        try deadLetters.append(waiting.record, error, attempts: attempts, in: transaction)
        result.failures.append(Failure(record: waiting.record, error: error, attempt: attempts, isDead: true))
    }
}

/// What the event builds on did not come in time.
struct WaitedInVain: PermanentFailure, CustomStringConvertible {
    let description: String

    init(_ missing: String, limit: Duration) {
        description = "it came too early and waited \(limit.components.seconds) s in vain: \(missing)"
    }
}

/// The policy that an event waits for is not in this program any more.
struct PolicyGone: PermanentFailure, CustomStringConvertible {
    var description: String { "the policy that it waited for is gone" }
}
