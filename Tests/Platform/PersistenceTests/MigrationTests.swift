import Persistence
import Synchronization
import Testing
import Time

/// Steps of a schema.
@Suite(.timeLimit(.minutes(5))) struct MigrationTests {
    private let first = Migration("zoo", 1, ["CREATE TABLE cages (id INTEGER) STRICT", "INSERT INTO cages VALUES (1)"])
    private let second = Migration("zoo", 2, ["INSERT INTO cages VALUES (2)"])

    private func cages(_ database: Database) async throws -> [Int] {
        try await database.read { try $0.query("SELECT id FROM cages ORDER BY id") { try $0.integer(0) } }
    }

    @Test("Steps are applied in their order", arguments: Kind.allCases)
    func applies(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            try await database.migrate([first, second])
            #expect(try await cages(database) == [1, 2])
        }
    }

    @Test("A step that was applied is not applied again", arguments: Kind.allCases)
    func idempotent(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            for _ in 0..<3 { try await database.migrate([first, second]) }
            #expect(try await cages(database) == [1, 2])
        }
    }

    @Test("Only the steps that are missing are applied", arguments: Kind.allCases)
    func missing(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            try await database.migrate([first])
            try await database.migrate([first, second])
            #expect(try await cages(database) == [1, 2])
        }
    }

    @Test(
        "A step that was changed after it was applied is refused, and so are those behind it", arguments: Kind.allCases)
    func changed(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            try await database.migrate([first])
            let error = await #expect(throws: DatabaseError.self) {
                try await database.migrate([Migration("zoo", 1, first.statements + ["DELETE FROM cages"]), second])
            }
            #expect(error?.description.contains("zoo 1 was changed") == true)
            #expect(error?.isRetriable == false)
            #expect(try await cages(database) == [1])
        }
    }

    @Test("A step whose second statement fails leaves nothing of the first", arguments: Kind.allCases)
    func atomic(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            try await database.migrate([first])
            let broken = Migration("zoo", 2, ["INSERT INTO cages VALUES (9)", "INSERT INTO nowhere VALUES (1)"])
            await #expect(throws: DatabaseError.self) { try await database.migrate([broken]) }
            #expect(try await cages(database) == [1])
            try await database.migrate([second])
            #expect(try await cages(database) == [1, 2])
        }
    }

    @Test("Each component counts its own steps")
    func components() async throws {
        try await withDatabase(.memory) { database in
            try await database.migrate([first, Migration("farm", 1, ["CREATE TABLE barns (id INTEGER) STRICT"])])
            #expect(try await database.read { try $0.query("SELECT id FROM barns") { try $0.integer(0) } } == [])
        }
    }

    @Test("A database knows when it got its first step")
    func firstApplied() async throws {
        let time = Mutex(Timestamp(milliseconds: 1_000))
        try await withDatabase(.memory, clock: { time.withLock { $0 } }) { database in
            try await database.migrate([])
            #expect(try await database.read { try Migration.firstApplied(in: $0) } == nil)
            try await database.migrate([first])
            time.withLock { $0 = Timestamp(milliseconds: 2_000) }
            try await database.migrate([first, second])
            let birth = try await database.read { try Migration.firstApplied(in: $0) }
            #expect(birth == Timestamp(milliseconds: 1_000))
        }
    }

    @Test("A file keeps its schema and its rows when it is opened again")
    func reopened() async throws {
        let folder = try TemporaryFolder()
        for expected in [[1], [1, 2]] {
            let database = try Database.open(url: try folder.url(.file))
            try await database.migrate(expected == [1] ? [first] : [first, second])
            #expect(try await cages(database) == expected)
            await database.close()
        }
    }
}
