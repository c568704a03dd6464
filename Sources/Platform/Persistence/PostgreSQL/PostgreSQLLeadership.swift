import Dispatch
import Foundation

/// Leads in a role while it holds that role's lock: a lock of a session that does nothing else, so that it is gone with the
/// process, the network or the server, and free for the next.
struct PostgreSQLLeadership: Sendable {
    private let role: String
    private let connection: PostgreSQLConnection
    /// libpq blocks, so it gets a thread that Swift's pool does not miss.
    private let thread: DispatchQueue

    /// Between two tries to become the leader, and two looks whether it still is one.
    private static let interval = Duration.milliseconds(500)

    init(_ role: String, on connection: PostgreSQLConnection) {
        (self.role, self.connection) = (role, connection)
        thread = DispatchQueue(label: "leader-\(role)")
    }

    func run(_ work: @escaping @Sendable () async -> Void) async {
        while !Task.isCancelled {
            if await isHeld({ try connection.takeLock(of: role) }) {
                await withTaskGroup { group in
                    group.addTask(operation: work)
                    repeat { await pause() } while await isHeld { try connection.isAlive() }
                    group.cancelAll()
                }
            }
            await pause()
        }
        await onThread { connection.close() }
    }

    /// Whether another session holds the lock.
    func isTaken() async throws -> Bool {
        let isFree = await onThread { Result { try connection.takeLock(of: role) } }
        await onThread { connection.close() }
        return try !isFree.get()
    }

    /// - Returns: `false` also when the task is cancelled or the server is away.
    private func isHeld(_ look: @escaping @Sendable () throws -> Bool) async -> Bool {
        guard !Task.isCancelled else { return false }
        return await onThread {
            do { return try look() } catch {
                connection.close()  // With it goes the lock, should it be held.
                return false
            }
        }
    }

    private func onThread<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in thread.async { continuation.resume(returning: body()) } }
    }

    private func pause() async {
        try? await Task.sleep(for: Self.interval)  // Throws on cancellation only, which the loops look at.
    }
}
