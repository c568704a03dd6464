import Dispatch
import Foundation
import Synchronization
import Telemetry
import Time

/// A SQLite file with one writer thread, which commits waiting units together, and reader threads beside it.
///
/// *Measured* (SQLite 3.40, WAL, FULL): 7.5 k commits/s one by one, 147 k units/s at 32 units per commit.
final class SQLiteDriver: DatabaseDriver {
    private let writes = WorkQueue<any WriteUnit>()
    private let reads = WorkQueue<@Sendable (SQLiteConnection) -> Void>()
    private let threads = DispatchGroup()
    private let claim: DatabaseClaim?
    /// A database in memory belongs to one connection, so the writer reads as well.
    private let hasReaders: Bool
    /// Bytes, as ``check()`` last saw it: nothing vacuums the file, so it never shrinks.
    private let fileSize = Mutex<Int64>(0)

    /// More would make the first unit of a batch wait too long for the last one.
    private static let unitsPerCommit = 256

    /// - Parameter committed: called on the writer's thread after a commit, with the channels that were notified in it.
    init(
        path: String, claim: DatabaseClaim?, readers: Int, clock: @escaping Timestamp.Clock, uptime: Uptime,
        metrics: Metrics, log: Log,
        committed: @escaping @Sendable (Set<String>) -> Void
    ) throws {
        self.claim = claim
        let connection = try SQLiteConnection(path: path, readOnly: false)
        hasReaders = path != ":memory:" && readers > 0
        let readConnections = try (0..<(hasReaders ? readers : 0)).map { _ in
            try SQLiteConnection(path: path, readOnly: true)
        }
        let writer = SQLiteWriter(
            connection, clock: clock, uptime: uptime, metrics: metrics, log: log, committed: committed)
        start("database-writer") { [writes] in
            while case let units = writes.take(atMost: Self.unitsPerCommit), !units.isEmpty { writer.commit(units) }
        }
        for connection in readConnections {
            start("database-reader") { [reads] in
                while let work = reads.take(atMost: 1).first { work(connection) }
            }
        }
    }

    /// One that was not closed: the threads finish what was submitted, and end.
    deinit {
        writes.close()
        reads.close()
    }

    private func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        threads.enter()
        let thread = Thread { [threads] in
            body()
            threads.leave()
        }
        thread.name = name
        thread.start()
    }

    func write<T: Sendable>(
        cause: Cause?, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            if !writes.append(PendingWrite(cause: cause, body, continuation)) {
                continuation.resume(throwing: Self.closed)
            }
        }
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T {
        guard hasReaders else { return try await write(cause: nil) { try body($0) } }
        return try await onReader { try $0.snapshot(body) }
    }

    private func onReader<T: Sendable>(_ work: @escaping @Sendable (SQLiteConnection) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let taken = reads.append { connection in continuation.resume(with: Result { try work(connection) }) }
            if !taken { continuation.resume(throwing: Self.closed) }
        }
    }

    func check() async throws {
        guard hasReaders else { return try await write(cause: nil) { _ in } }
        try await onReader { [self] connection in
            try fileSize.withLock { $0 = try connection.checkFile(atLeast: $0) }
        }
    }

    func close() async {
        writes.close()
        reads.close()
        await withCheckedContinuation { continuation in
            threads.notify(queue: .global()) { continuation.resume() }
        }
        claim?.release()
    }

    private static let closed = DatabaseError(kind: .unavailable, message: "the database is closed")
}

extension SQLiteConnection {
    /// Several queries of `body` see the same state.
    fileprivate func snapshot<T>(_ body: (any Connection) throws -> T) throws -> T {
        try execute("BEGIN")
        do {
            let value = try body(self)
            try execute("COMMIT")
            return value
        } catch {
            try rollBack(.whole)
            throw error
        }
    }
}
