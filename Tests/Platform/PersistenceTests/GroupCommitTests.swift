import Dispatch
import Synchronization
import Telemetry
import Testing
import Time

@testable import Persistence

/// Units that wait at the same time share a commit, and nothing else.
@Suite(.timeLimit(.minutes(5))) struct GroupCommitTests {
    private let batch: Batch

    init() throws {
        batch = try Batch()
        try batch.connection.execute(pets)
    }

    @Test("Units of one batch are stored by one commit, in the order of the calls")
    func oneCommit() async throws {
        let results = await batch.commit([{ try insert("a", in: $0) }, { try insert("b", in: $0) }, { _ in }])
        #expect(results.allSatisfy { (try? $0.get()) != nil })
        #expect(try names(in: batch.connection) == ["a", "b"])
        #expect(batch.metrics.counter("persistence_commits_total").value == 1)
        #expect(batch.metrics.counter("persistence_units_total").value == 3)
    }

    @Test("A unit that throws does not disturb its neighbours")
    func isolation() async throws {
        let results = await batch.commit([
            { try insert("a", in: $0) },
            { transaction in
                try insert("b", in: transaction)
                throw Refusal()
            },
            { try insert("c", in: $0) },
        ])
        #expect(throws: Never.self) { try results[0].get() }
        #expect(throws: Refusal()) { try results[1].get() }
        #expect(throws: Never.self) { try results[2].get() }
        #expect(try names(in: batch.connection) == ["a", "c"])
    }

    @Test("A unit sees what its predecessors in the batch wrote, and nothing of those that threw")
    func visibility() async throws {
        let seen = Mutex<[String]>([])
        _ = await batch.commit([
            { try insert("a", in: $0) },
            { transaction in
                try insert("b", in: transaction)
                throw Refusal()
            },
            { transaction in
                let names = try names(in: transaction)
                seen.withLock { $0 = names }
            },
        ])
        #expect(seen.withLock { $0 } == ["a"])
    }

    @Test("A unit that left a savepoint by throwing keeps its own writes only when it goes on")
    func savepointInUnit() async throws {
        let results = await batch.commit([
            { transaction in
                try insert("a", in: transaction)
                try transaction.savepoint {
                    try insert("b", in: transaction)
                    throw Refusal()
                }
            },
            { try insert("c", in: $0) },
        ])
        #expect(throws: Refusal()) { try results[0].get() }
        #expect(try names(in: batch.connection) == ["c"])
    }

    @Test("A channel that several units notify is announced once, after the commit")
    func announcedOnce() async {
        let connection = batch.connection
        let open = Mutex<[Bool]>([])
        batch.onCommitted { _ in open.withLock { $0.append(connection.isInTransaction) } }
        _ = await batch.commit([{ $0.notify("news") }, { $0.notify("news") }, { $0.notify("more") }])
        #expect(batch.announced == [["news", "more"]])
        #expect(open.withLock { $0 } == [false])
    }

    @Test("What a unit notified before it threw is not announced")
    func nothingAnnounced() async {
        _ = await batch.commit([
            { transaction in
                transaction.notify("news")
                throw Refusal()
            }, { _ in },
        ])
        #expect(batch.announced == [])
    }

    @Test("When the database gives up the transaction, no unit of the batch is acknowledged or stored")
    func rolledBackByDatabase() async throws {
        try batch.connection.execute(poison)
        let results = await batch.commit([
            { try insert("a", in: $0) }, { try insert("poison", in: $0) }, { try insert("c", in: $0) },
        ])
        for result in results { #expect(throws: DatabaseError.self) { try result.get() } }
        #expect(try names(in: batch.connection) == [])
        #expect(batch.connection.isInTransaction == false)
        #expect(batch.metrics.counter("persistence_commits_total").value == 0)
    }

    @Test("The neighbours of a unit whose transaction was given up may try again")
    func neighboursRetry() async throws {
        try batch.connection.execute(poison)
        let results = await batch.commit([{ try insert("a", in: $0) }, { try insert("poison", in: $0) }])
        for result in results { #expect(#expect(throws: DatabaseError.self) { try result.get() }?.isRetriable == true) }
    }

    @Test("A unit that made the database give up its transaction, and nobody else's, is told why")
    func alone() async throws {
        try batch.connection.execute(poison)
        let results = await batch.commit([{ try insert("poison", in: $0) }])
        #expect(#expect(throws: DatabaseError.self) { try results[0].get() }?.kind == .constraintViolation)
    }

    @Test("When the commit fails, a unit that threw is told so as well: it decided on rows that are not there")
    func failedCommit() async throws {
        try batch.connection.execute(
            "CREATE TABLE tags (pet TEXT REFERENCES pets (name) DEFERRABLE INITIALLY DEFERRED) STRICT")
        let results = await batch.commit([
            { try insert("a", in: $0) },
            { if try names(in: $0) == ["a"] { throw Refusal() } },
            { try $0.execute("INSERT INTO tags (pet) VALUES ('nobody')") },
        ])
        for result in results { #expect(throws: DatabaseError.self) { try result.get() } }
        #expect(try names(in: batch.connection) == [])
    }

    @Test("A unit that decided on rows of a neighbour that is rolled back in the end decides again")
    func decidesAgain() async throws {
        let runs = Count()
        let results = await batch.commit([
            { transaction in
                try insert("a", in: transaction)
                if runs.increment() > 1 { throw Refusal() }
            },
            { transaction in
                if try names(in: transaction) == ["a"] { throw Refusal() }
                try insert("b", in: transaction)
            },
            { transaction in
                try insert("c", in: transaction)
                throw Refusal()
            },
        ])
        #expect(throws: Refusal()) { try results[0].get() }
        #expect(throws: Never.self) { try results[1].get() }
        #expect(throws: Refusal()) { try results[2].get() }
        #expect(try names(in: batch.connection) == ["b"])
    }

    @Test("A unit that hides that the transaction was given up is not acknowledged either")
    func hiddenRollback() async throws {
        let results = await batch.commit([
            { try insert("a", in: $0) },
            { transaction in
                try insert("b", in: transaction)
                _ = failure { try transaction.execute("INSERT OR ROLLBACK INTO pets (name) VALUES ('b')") }
            },
        ])
        for result in results { #expect(throws: DatabaseError.self) { try result.get() } }
        #expect(try names(in: batch.connection) == [])
    }

    @Test("A statement after the transaction was given up does not commit by itself")
    func noAutocommit() async throws {
        try batch.connection.execute(poison)
        _ = await batch.commit([
            { transaction in
                _ = failure { try insert("poison", in: transaction) }
                _ = failure { try insert("late", in: transaction) }
            }
        ])
        #expect(try names(in: batch.connection) == [])
    }

    @Test("A savepoint after the transaction was given up does not commit by itself")
    func noAutocommitBySavepoint() async throws {
        try batch.connection.execute(poison)
        _ = await batch.commit([
            { transaction in
                _ = failure { try insert("poison", in: transaction) }
                _ = failure { try transaction.savepoint { try insert("late", in: transaction) } }
            }
        ])
        #expect(try names(in: batch.connection) == [])
    }

    @Test("After a batch that was given up the next one is stored")
    func recovers() async throws {
        try batch.connection.execute(poison)
        _ = await batch.commit([{ try insert("poison", in: $0) }])
        let results = await batch.commit([{ try insert("a", in: $0) }])
        #expect(throws: Never.self) { try results[0].get() }
        #expect(try names(in: batch.connection) == ["a"])
    }

    private let poison = """
        CREATE TRIGGER pets_poison BEFORE INSERT ON pets WHEN new.name = 'poison'
        BEGIN SELECT RAISE(ROLLBACK, 'poisoned'); END
        """
}

/// Commits a known set of units together, as the writer's thread does with what waits.
private final class Batch: Sendable {
    let connection: SQLiteConnection
    let metrics = Metrics()
    private let committed = Mutex<@Sendable (Set<String>) -> Void>({ _ in })
    private let announcements = Mutex<[Set<String>]>([])

    init() throws { connection = try SQLiteConnection(path: ":memory:", readOnly: false) }

    var announced: [Set<String>] { announcements.withLock { $0 } }

    func onCommitted(_ action: @escaping @Sendable (Set<String>) -> Void) { committed.withLock { $0 = action } }

    func commit(_ bodies: [@Sendable (Transaction) throws -> Void]) async -> [Result<Void, any Error>] {
        let writer = GroupCommit(
            connection, clock: { Timestamp(milliseconds: 0) }, uptime: .system, metrics: metrics, log: .silent
        ) {
            [self] channels in
            announcements.withLock { $0.append(channels) }
            committed.withLock { $0 }(channels)
        }
        let waiting = Waiting()
        return await withTaskGroup { group in
            for (index, body) in bodies.enumerated() {
                group.addTask {
                    let result = await waiting.result(of: body, at: index, among: bodies.count, in: writer)
                    return (index, result)
                }
            }
            var results: [Int: Result<Void, any Error>] = [:]
            for await (index, result) in group { results[index] = result }
            return results.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}

/// Collects units until the last one has come.
private final class Waiting: Sendable {
    private let units = Mutex<[Int: any WriteUnit]>([:])

    func result(
        of body: @escaping @Sendable (Transaction) throws -> Void, at index: Int, among count: Int,
        in writer: GroupCommit<SQLiteConnection>
    ) async -> Result<Void, any Error> {
        do {
            try await withCheckedThrowingContinuation { continuation in
                let complete = units.withLock { units in
                    units[index] = PendingWrite(cause: nil, body, continuation)
                    return units.count == count ? units.sorted { $0.key < $1.key }.map(\.value) : nil
                }
                if let complete { DispatchQueue.global().async { writer.commit(complete) } }
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }
}
