import Telemetry

/// A ``QueuedDriver`` of which several processes may have one on the same database.
final class PostgreSQLDriver: DatabaseDriver {
    private let queued: QueuedDriver<PostgreSQLConnection>
    private let url: String

    init(_ writer: GroupCommit<PostgreSQLConnection>, readers: [PostgreSQLConnection], url: String) {
        (queued, self.url) = (QueuedDriver(writer, readers: readers), url)
    }

    func write<T: Sendable>(
        cause: Cause?, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T { try await queued.write(cause: cause, body) }

    func read<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T {
        try await queued.read(body)
    }

    func lead(_ role: String, _ work: @escaping @Sendable () async -> Void) async {
        await PostgreSQLLeadership(role, url: url).run(work)
    }

    func check() async throws { try await queued.check() }
    func close() async { await queued.close() }
}
