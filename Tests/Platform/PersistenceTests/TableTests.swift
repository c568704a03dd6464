import Foundation
import Testing
import Time

@testable import Persistence

private struct Owner: Equatable, Sendable {
    let name: String
    let town: String?

    static let columns = Columns(
        Owner.init(name:town:), Column("owner_name", \.name, .fixed), Column("owner_town", \.town))
}

private struct Pet: Versioned, Equatable {
    enum Kind: String, ColumnValue { case dog, cat }

    var id = 0
    var version = 1
    var name: String
    var kind: Kind
    var isAlive: Bool
    var weight: Double?
    var photo: Data
    var bornAt: Timestamp
    var owner: Owner

    static let table = Table(
        "animals", Pet.init(id:version:name:kind:isAlive:weight:photo:bornAt:owner:), Column("id", \.id, .id),
        Column("version", \.version, .version), Column("name", \.name, .unique), Column("kind", \.kind),
        Column("is_alive", \.isAlive), Column("weight", \.weight, .check("weight > 0")), Column("photo", \.photo),
        Column("born_at", \.bornAt), Column(\.owner, Owner.columns))

    static let mia = Pet(
        name: "미아", kind: .cat, isAlive: true, weight: 3.5, photo: Data([0, 255]),
        bornAt: Timestamp(milliseconds: -1), owner: Owner(name: "Kim", town: nil))
}

@Suite("A table that is said once") struct TableTests {
    private func withTable(_ kind: Kind, _ body: @escaping @Sendable (Transaction) throws -> Void) async throws {
        try await withDatabase(kind) { database in
            try await database.migrate(RowCounts.migrations + Pet.table.migrations)
            try await database.write(body)
        }
    }

    @Test("A row comes back as it went in, under the id that the database gave it", arguments: Kind.allCases)
    func roundTrip(kind: Kind) async throws {
        try await withTable(kind) { transaction in
            let stored = try Pet.table.insert(.mia, in: transaction)
            var expected = Pet.mia
            expected.id = 1
            #expect(stored == expected)
            #expect(try Pet.table.find(id: 1, in: transaction) == expected)
            #expect(try Pet.table.find(id: 2, in: transaction) == nil)
            #expect(try Pet.table.select("WHERE name = $1").first(.text("미아"), in: transaction) == expected)
        }
    }

    @Test("A change writes what may change, and what is fixed stays", arguments: Kind.allCases)
    func update(kind: Kind) async throws {
        try await withTable(kind) { transaction in
            var pet = try Pet.table.insert(.mia, in: transaction)
            pet.version += 1
            (pet.name, pet.kind, pet.weight, pet.isAlive) = ("Leo", .dog, nil, false)
            pet.owner = Owner(name: "Lee", town: "Seoul")
            try Pet.table.update(pet, in: transaction)
            var expected = pet
            expected.owner = Owner(name: "Kim", town: "Seoul")
            #expect(try Pet.table.find(id: pet.id, in: transaction) == expected)
        }
    }

    @Test("A change of a row that somebody else has changed or removed is refused, and nothing else is at stake")
    func conflict() async throws {
        try await withTable(.memory) { transaction in
            var pet = try Pet.table.insert(.mia, in: transaction)
            pet.version += 1
            try Pet.table.update(pet, in: transaction)
            let again = failure { try Pet.table.update(pet, in: transaction) } as? DatabaseError
            #expect(again?.kind == .conflict && again?.isRetriable == false)
            try transaction.execute("DELETE FROM animals")
            pet.version += 1
            let gone = failure { try Pet.table.update(pet, in: transaction) } as? DatabaseError
            #expect(gone?.kind == .conflict)
        }
    }

    @Test("Rows are counted, also where nobody keeps the number", arguments: [true, false])
    func count(isCounted: Bool) async throws {
        struct Note: Record { var id = 0 }
        let table = Table("scraps", Note.init(id:), Column("id", \.id, .id), more: [], isCounted: isCounted)
        try await withDatabase(.memory) { database in
            try await database.migrate(RowCounts.migrations + table.migrations)
            try await database.write { transaction in
                try transaction.execute("INSERT INTO scraps VALUES (7), (9)")
                #expect(try table.count(in: transaction) == 2)
            }
        }
    }

    @Test("A row with NULL where a value must be, or a word that nobody knows, is an error and no row")
    func unreadable() async throws {
        try await withDatabase(.memory) { database in
            try await database.write { transaction in
                try transaction.execute("CREATE TABLE animals (id INTEGER PRIMARY KEY, name TEXT, kind TEXT) STRICT")
                try transaction.execute("INSERT INTO animals (name, kind) VALUES (NULL, 'cat'), ('Leo', 'cow')")
                struct Short: Record {
                    var id: Int
                    var name: String
                    var kind: Pet.Kind
                }
                let table = Table(
                    "animals", Short.init(id:name:kind:), Column("id", \.id, .id), Column("name", \.name),
                    Column("kind", \.kind))
                for id in 1...2 {
                    let error = failure { _ = try table.find(id: id, in: transaction) } as? DatabaseError
                    #expect(error?.kind == .other)
                }
            }
        }
    }

    @Test("A row under its own id replaces an older one, and no newer one")
    func upsert() async throws {
        try await withTable(.memory) { transaction in
            for (version, name) in [(2, "second"), (1, "first"), (3, "third"), (3, "third again")] {
                var pet = Pet.mia
                (pet.id, pet.version, pet.name) = (7, version, name)
                try Pet.table.upsert(pet, in: transaction)
            }
            #expect(try Pet.table.find(id: 7, in: transaction)?.name == "third")
            #expect(try Pet.table.count(in: transaction) == 1)
        }
    }

    @Test("A column that came later is added to the table there is, and to a new one, with the value it says")
    func later() async throws {
        struct Before: Record {
            var id = 0
            var name: String
            static let table = Table("walks", Before.init(id:name:), Column("id", \.id, .id), Column("name", \.name))
        }
        struct After: Record, Equatable {
            var id = 0
            var name: String
            var steps: Int
            static let table = Table(
                "walks", After.init(id:name:steps:), Column("id", \.id, .id), Column("name", \.name),
                Column("steps", \.steps, .since(2, value: "100")))
        }
        for old in [true, false] {
            try await withDatabase(.memory) { database in
                if old {
                    try await database.migrate(RowCounts.migrations + Before.table.migrations)
                    try await database.write { _ = try Before.table.insert(Before(name: "a"), in: $0) }
                }
                try await database.migrate(RowCounts.migrations + After.table.migrations)
                try await database.write { transaction in
                    _ = try After.table.insert(After(name: "b", steps: 5), in: transaction)
                    let all = try After.table.select("ORDER BY id").all(in: transaction)
                    #expect(all.map(\.steps) == (old ? [100, 5] : [5]))
                }
            }
        }
    }

    @Test("A table that is dropped is made anew, and counts from nothing")
    func dropped() async throws {
        try await withDatabase(.memory) { database in
            let migrations = RowCounts.migrations + Pet.table.migrations
            for _ in 1...2 {
                try await database.migrate(migrations)
                try await database.write { transaction in
                    #expect(try Pet.table.count(in: transaction) == 0)
                    _ = try Pet.table.insert(.mia, in: transaction)
                    #expect(try Pet.table.count(in: transaction) == 1)
                }
                try await database.write { try Pet.table.drop(in: $0) }
            }
        }
    }
}
