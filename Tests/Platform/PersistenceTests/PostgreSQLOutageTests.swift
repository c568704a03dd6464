import Foundation
import FreshDatabase
import Synchronization
import Testing
import Time

@testable import Persistence

/// What only a database on a server can do to its users.
@Suite(.enabled(if: FreshDatabase.server != nil, "POSTGRES_TEST_URL names no server"), .timeLimit(.minutes(2)))
struct PostgreSQLOutageTests {
    /// Lends a database that is reached through a proxy.
    private func throughProxy(_ body: (Database, CuttingProxy) async throws -> Void) async throws {
        let url = try FreshDatabase.postgreSQL()
        let port = try #require(url.firstMatch(of: /:([0-9]+)\//)?.output.1)
        let proxy = CuttingProxy(to: try #require(UInt16(port)))
        let database = try Database.open(url: url.replacing(":\(port)/", with: ":\(proxy.port)/"))
        try await database.write { try $0.define(pets) }
        try await body(database, proxy)
        await database.close()
        proxy.close()
    }

    @Test("A commit whose answer gets lost is found out about, and acknowledged")
    func answerLost() async throws {
        try await throughProxy { database, proxy in
            for name in ["Mia", "Leo"] {
                proxy.cut(.beforeTheClientHearsOfIt)
                try await database.write { try insert(name, in: $0) }
            }
            #expect(try await database.names() == ["Mia", "Leo"])
        }
    }

    @Test("A commit that never reaches the server is an error, and nothing is stored")
    func commitLost() async throws {
        try await throughProxy { database, proxy in
            proxy.cut(.beforeTheServerHasIt)
            let error = await #expect(throws: DatabaseError.self) {
                try await database.write { try insert("Mia", in: $0) }
            }
            #expect(error?.kind == .unavailable)
            try await database.write { try insert("Leo", in: $0) }
            #expect(try await database.names() == ["Leo"])
        }
    }

    @Test("However often sessions are cut, what was acknowledged is stored once, and what failed is not")
    func sessionsCut() async throws {
        let name = "cut-\(UUID().uuidString)"
        let url = try FreshDatabase.postgreSQL() + "&application_name=\(name)"
        let database = try Database.open(url: url)
        try await database.write { try $0.define(pets) }
        let isDone = Mutex(false)
        async let cuts: Int = {
            var count = 0
            while !isDone.withLock(\.self) {
                let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\(name)'"
                try FreshDatabase.run(end, on: url.replacing(name, with: "cutter"))
                count += 1
                await Task.yield()
            }
            return count
        }()
        let acknowledged = await withTaskGroup(of: [String].self) { group in
            for writer in 1...8 {
                group.addTask {
                    var stored: [String] = []
                    for number in 1...400 {
                        let pet = "\(writer)-\(number)"
                        do {
                            try await database.write { try insert(pet, in: $0) }
                            stored.append(pet)
                        } catch let error as DatabaseError {
                            #expect(error.kind == .unavailable, "\(error)")
                        } catch { Issue.record(error) }
                    }
                    return stored
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        isDone.withLock { $0 = true }
        #expect(try await cuts > 10)
        #expect(try await database.names().sorted() == acknowledged.sorted())
        await database.close()
    }

    @Test("A table that another instance has changed fails a prepared write once, and no read")
    func tableChanged() async throws {
        let url = try FreshDatabase.postgreSQL()
        let database = try Database.open(url: url, readers: 1)
        try await database.migrate([Migration("pets", 1, [pets])])
        try await database.write { _ = try $0.insert("INSERT INTO pets (name) VALUES ($1)", [.text("Mia")]) }
        let look = { try await database.read { try $0.query("SELECT id FROM pets") { try $0.integer(0) } } }
        #expect(try await look() == [1])
        try FreshDatabase.run("ALTER TABLE pets ALTER COLUMN id TYPE int", on: url)
        #expect(try await look() == [1])
        let error = await #expect(throws: DatabaseError.self) {
            try await database.write { _ = try $0.insert("INSERT INTO pets (name) VALUES ($1)", [.text("Leo")]) }
        }
        #expect(error?.kind == .unavailable)
        try await database.write { _ = try $0.insert("INSERT INTO pets (name) VALUES ($1)", [.text("Leo")]) }
        #expect(try await look() == [1, 2])
        await database.close()
    }

    @Test("Of several processes one leads in each role, and another one takes over when its session is cut")
    func leadership() async throws {
        let url = try FreshDatabase.postgreSQL()
        let databases = try ["one", "two"].map {
            try Database.open(url: "\(url)&application_name=\($0)-\(UUID().uuidString)")
        }
        let (events, sink) = AsyncStream.makeStream(of: String.self)
        let tasks = zip(["one", "two"], databases).map { name, database in
            Task {
                await database.lead("work") {
                    sink.yield("\(name) leads")
                    while !Task.isCancelled { await Task.yield() }
                    sink.yield("\(name) has ended")
                }
            }
        }
        var iterator = events.makeAsyncIterator()
        let first = try #require(await iterator.next())
        let (leader, other) = first == "one leads" ? ("one", "two") : ("two", "one")
        tasks[leader == "one" ? 0 : 1].cancel()
        var next = [try #require(await iterator.next()), try #require(await iterator.next())]
        #expect(next.sorted() == ["\(leader) has ended", "\(other) leads"].sorted())
        // The other one loses its sessions; nobody else is there, so it leads again.
        try FreshDatabase.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '\(other)-%'", on: url)
        next = [try #require(await iterator.next()), try #require(await iterator.next())]
        #expect(next == ["\(other) has ended", "\(other) leads"])
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        for database in databases { await database.close() }
    }
}
