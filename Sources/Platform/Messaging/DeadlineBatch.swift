import Persistence
import Telemetry
import Time

/// What happens to waits that are due inside one transaction. Has no other effect, so a transaction may run it again.
struct DeadlineBatch: Sendable {
    let deadlines: [String: Deadline]

    struct Wait: Sendable {
        var name: String
        var key: String
    }

    struct Result: Sendable {
        var expired = 0
        var failures: [(wait: Wait, reason: String)] = []
    }

    /// Until a deadline that failed, or that nobody here knows, is tried again.
    private static let retryAfter = Duration.seconds(5)

    static func due(at now: Duration, atMost limit: Int, in connection: any Connection) throws -> [Wait] {
        try connection.query(
            "SELECT name, key FROM deadlines WHERE due_up <= $1 ORDER BY due_up LIMIT $2",
            [.integer(now.milliseconds), .integer(limit)]
        ) { Wait(name: try $0.text(0), key: try $0.text(1)) }
    }

    /// - Throws: `DatabaseError` when the whole transaction is at stake, not one deadline.
    func expire(_ due: [Wait], _ now: Duration, in transaction: Transaction) throws -> Result {
        var result = Result()
        for wait in due {
            guard let deadline = deadlines[wait.name] else {
                try postpone(wait, now, in: transaction)
                result.failures.append((wait, "this service has no deadline of that name"))
                continue
            }
            do {
                result.expired += try transaction.savepoint { try expire(deadline, wait, now, in: transaction) }
            } catch let error as DatabaseError where error.isRetriable {
                throw error
            } catch {
                try postpone(wait, now, in: transaction)
                result.failures.append((wait, "\(error)"))
            }
        }
        return result
    }

    private func expire(_ deadline: Deadline, _ wait: Wait, _ now: Duration, in transaction: Transaction) throws -> Int
    {
        // Cleared or moved since it was read: then it is not due.
        let removed = try transaction.execute(
            "DELETE FROM deadlines WHERE name = $1 AND key = $2 AND due_up <= $3",
            [.text(wait.name), .text(wait.key), .integer(now.milliseconds)])
        guard removed == 1 else { return 0 }
        transaction.cause = Cause(id: "\(wait.name)/\(wait.key)", continuing: nil, by: "deadline \(wait.name)")
        try deadline.expire(wait.key, transaction)
        return 1
    }

    private func postpone(_ wait: Wait, _ now: Duration, in transaction: Transaction) throws {
        // Cleared or moved meanwhile: then it must not come back.
        try transaction.execute(
            "UPDATE deadlines SET due_up = $1 WHERE name = $2 AND key = $3 AND due_up <= $4",
            [
                .integer((now + Self.retryAfter).milliseconds), .text(wait.name), .text(wait.key),
                .integer(now.milliseconds),
            ])
    }
}
