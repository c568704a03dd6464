import Dispatch
import Foundation
import Telemetry
import Time

/// One writer thread, which commits waiting units together, and reader threads beside it, each with its connection.
final class QueuedDriver<Store: StoreConnection>: DatabaseDriver {
    private let writes = WorkQueue<any WriteUnit>()
    private let reads = WorkQueue<@Sendable (Store) -> Void>()
    private let threads = DispatchGroup()
    private let hasReaders: Bool
    private let claim: DatabaseClaim?

    /// More would make the first unit of a batch wait too long for the last one.
    private static var unitsPerCommit: Int { 256 }

    /// - Parameters:
    ///   - readers: without any, the writer reads as well.
    ///   - claim: released when the driver is closed.
    init(_ writer: GroupCommit<Store>, readers: [Store], claim: DatabaseClaim? = nil) {
        (self.claim, hasReaders) = (claim, !readers.isEmpty)
        start("database-writer") { [writes] in
            while case let units = writes.take(atMost: Self.unitsPerCommit), !units.isEmpty { writer.commit(units) }
        }
        for connection in readers {
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

    private func onReader<T: Sendable>(_ work: @escaping @Sendable (Store) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let taken = reads.append { connection in continuation.resume(with: Result { try work(connection) }) }
            if !taken { continuation.resume(throwing: Self.closed) }
        }
    }

    func lead(_ role: String, _ work: @escaping @Sendable () async -> Void) async { await work() }
    func isLed(_ role: String) async throws -> Bool { false }

    func check() async throws {
        guard hasReaders else { return try await write(cause: nil) { _ in } }
        try await onReader { try $0.check() }
    }

    func close() async {
        writes.close()
        reads.close()
        await withCheckedContinuation { continuation in
            threads.notify(queue: .global()) { continuation.resume() }
        }
        claim?.release()
    }

    private static var closed: DatabaseError { DatabaseError(kind: .unavailable, message: "the database is closed") }
}
