import Telemetry

/// A ``QueuedDriver`` of which several processes may have one on the same database.
final class PostgreSQLDriver: DatabaseDriver {
    private let queued: QueuedDriver<PostgreSQLConnection>
    private let writer: PostgreSQLConnection
    private let connect: @Sendable () -> PostgreSQLConnection

    /// - Parameter connect: makes one more connection, for a leader.
    init(
        _ commits: GroupCommit<PostgreSQLConnection>, on writer: PostgreSQLConnection, readers: [PostgreSQLConnection],
        connect: @escaping @Sendable () -> PostgreSQLConnection
    ) {
        (queued, self.writer, self.connect) = (QueuedDriver(commits, readers: readers), writer, connect)
    }

    func write<T: Sendable>(
        cause: Cause?, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T { try await queued.write(cause: cause, body) }

    func read<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T {
        try await queued.read(body)
    }

    func lead(_ role: String, _ work: @escaping @Sendable () async -> Void) async {
        await PostgreSQLLeadership(role, on: connect()).run(work)
    }

    func isLed(_ role: String) async throws -> Bool { try await PostgreSQLLeadership(role, on: connect()).isTaken() }

    func check() async throws {
        // A reader that was given a session says nothing of the writer, and a writer without one finds out by writing.
        if writer.isAway { try await queued.write(cause: nil) { _ in } }
        try await queued.check()
    }

    func close() async { await queued.close() }
}
