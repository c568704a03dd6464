import Telemetry
import Time

/// A closure that waits for the writer, and the caller that waits for the closure.
protocol WriteUnit: AnyObject, Sendable {
    /// Runs the closure and keeps its result, the latest one when it is called again. On the writer's thread.
    /// - Returns: `false` when the closure threw.
    func run(on connection: any TransactionalConnection, now: Timestamp, uptime: Uptime) -> Bool
    /// Resumes the caller: with the kept result, or with `failure` when the commit failed, whatever the closure said: it
    /// may have decided on rows of its neighbours that are not there now. Called once, after `run`.
    func finish(_ failure: DatabaseError?)
    /// What the closure notified; empty when it threw.
    var channels: Set<String> { get }
}

/// `@unchecked Sendable`: made by the caller, handed over through the queue's lock, then used by the writer only.
final class PendingWrite<T: Sendable>: WriteUnit, @unchecked Sendable {
    private let cause: Cause?
    private let body: @Sendable (Transaction) throws -> T
    private let continuation: CheckedContinuation<T, any Error>
    private var result: Result<T, any Error>?
    private(set) var channels: Set<String> = []

    init(
        cause: Cause?, _ body: @escaping @Sendable (Transaction) throws -> T,
        _ continuation: CheckedContinuation<T, any Error>
    ) {
        (self.cause, self.body, self.continuation) = (cause, body, continuation)
    }

    func run(on connection: any TransactionalConnection, now: Timestamp, uptime: Uptime) -> Bool {
        let transaction = Transaction(connection, cause: cause, now: now, uptime: uptime)
        do {
            let value = try body(transaction)
            try transaction.requireOpen()
            result = .success(value)
            channels = transaction.channels
            return true
        } catch {
            result = .failure(error)
            channels = []
            return false
        }
    }

    func finish(_ failure: DatabaseError?) {
        let unanswered = failure ?? DatabaseError(kind: .unavailable, message: "did not run")
        continuation.resume(with: failure == nil ? result ?? .failure(unanswered) : .failure(unanswered))
    }
}
