import Foundation
import Persistence
import Testing

/// What goes into statements and comes out of rows.
@Suite(.timeLimit(.minutes(5))) struct StatementTests {
    @Test(
        "Text comes back as it went in",
        arguments: ["", "김치찌개 두 그릇", "한글", "👩‍🍳", "it's \"quoted\"", "a\u{0}b", "line\nline"])
    func text(text: String) async throws {
        try await withDatabase(.memory) { database in
            let back = try await database.write { transaction in
                try insert(text, in: transaction)
                return try transaction.first("SELECT name FROM pets") { try $0.optionalText(0) } ?? nil
            }
            #expect(back == text)
        }
    }

    @Test(
        "Bytes come back as they went in, also none", arguments: [Data(), Data([0, 255, 10, 0]), Data(count: 100_000)])
    func blob(bytes: Data) async throws {
        try await withDatabase(.memory) { database in
            let back = try await database.write { transaction in
                try transaction.execute("INSERT INTO pets (photo) VALUES ($1)", [.blob(bytes)])
                return try transaction.first("SELECT photo FROM pets") { $0.isNull(0) ? nil : try $0.blob(0) } ?? nil
            }
            #expect(back == bytes)
        }
    }

    @Test("A part of some bytes is stored as that part")
    func slice() async throws {
        try await withDatabase(.memory) { database in
            let slice = Data([1, 2, 3, 4]).dropFirst(2)
            let back = try await database.write { transaction in
                try transaction.execute("INSERT INTO pets (photo) VALUES ($1)", [.blob(slice)])
                return try transaction.first("SELECT photo FROM pets") { try $0.blob(0) }
            }
            #expect(back == Data([3, 4]))
        }
    }

    @Test("Whole numbers come back as they went in", arguments: [0, -1, Int.max, Int.min])
    func integer(number: Int) async throws {
        try await withDatabase(.memory) { database in
            let back = try await database.read { try $0.first("SELECT $1", [.integer(number)]) { try $0.integer(0) } }
            #expect(back == number)
        }
    }

    @Test("Fractions come back as they went in", arguments: [0.1, -2.5, 1e300, 37.5665])
    func real(number: Double) async throws {
        try await withDatabase(.memory) { database in
            let back = try await database.write { transaction in
                try transaction.execute("INSERT INTO pets (weight) VALUES ($1)", [.real(number)])
                return try transaction.first("SELECT weight FROM pets") { try $0.real(0) }
            }
            #expect(back == number)
        }
    }

    @Test("NULL is read as nothing where that is asked for, and refused where a value is", arguments: Kind.allCases)
    func null(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            try await database.write { transaction in
                try transaction.execute(
                    "INSERT INTO pets (name, legs, weight, photo) VALUES ($1, $2, $3, $4)",
                    [.optional(String?.none), .optional(Int?.none), .null, .null])
            }
            let row = try await database.read { connection in
                try connection.first("SELECT name, legs, weight, photo FROM pets") { row in
                    #expect((0..<4).map(row.isNull) == [true, true, true, true])
                    #expect(throws: DatabaseError.self) { try row.text(0) }
                    #expect(throws: DatabaseError.self) { try row.integer(1) }
                    #expect(throws: DatabaseError.self) { try row.real(2) }
                    #expect(throws: DatabaseError.self) { try row.blob(3) }
                    return (
                        try row.optionalText(0), try row.optionalInteger(1), try row.optionalBlob(3)
                    )
                }
            }
            #expect(row?.0 == .some(nil) && row?.1 == .some(nil) && row?.2 == .some(nil))
        }
    }

    @Test("A placeholder may be used twice")
    func repeatedPlaceholder() async throws {
        try await withDatabase(.memory) { database in
            let row = try await database.read {
                try $0.first("SELECT $1, $2, $1", [.integer(1), .integer(2)]) {
                    [try $0.integer(0), try $0.integer(1), try $0.integer(2)]
                }
            }
            #expect(row == [1, 2, 1])
        }
    }

    @Test(
        "More or fewer arguments than placeholders are an error", arguments: [[], [SQLValue.integer(1), .integer(2)]])
    func argumentCount(arguments: [SQLValue]) async throws {
        try await withDatabase(.memory) { database async throws in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.read { try $0.query("SELECT $1", arguments) { try $0.integer(0) } }
            }
            #expect(error?.kind == .other)
            #expect(error?.message.contains("1 placeholders but \(arguments.count) arguments") == true)
            #expect(try await database.read { try $0.first("SELECT $1", [.integer(5)]) { try $0.integer(0) } } == 5)
        }
    }

    @Test("A second row of the same name is a unique violation", arguments: Kind.allCases)
    func uniqueViolation(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            try await database.write { try insert("Mia", in: $0) }
            let error = await #expect(throws: DatabaseError.self) {
                try await database.write { try insert("Mia", in: $0) }
            }
            #expect(error?.kind == .uniqueViolation)
            #expect(error?.isRetriable == false)
        }
    }

    @Test("A second row of the same primary key is a unique violation")
    func primaryKey() async throws {
        try await withDatabase(.memory) { database in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.write { transaction in
                    for _ in 0..<2 { try transaction.execute("INSERT INTO pets (id) VALUES (1)") }
                }
            }
            #expect(error?.kind == .uniqueViolation)
        }
    }

    @Test("A value that a check refuses is another constraint violation")
    func checkViolation() async throws {
        try await withDatabase(.memory) { database in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.write { try $0.execute("INSERT INTO pets (legs) VALUES (-1)") }
            }
            #expect(error?.kind == .constraintViolation)
        }
    }

    @Test("A row that points nowhere is refused")
    func foreignKey() async throws {
        try await withDatabase(.memory) { database in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.write { transaction in
                    try transaction.execute("CREATE TABLE toys (pet INTEGER REFERENCES pets (id)) STRICT")
                    try transaction.execute("INSERT INTO toys (pet) VALUES (99)")
                }
            }
            #expect(error?.kind == .constraintViolation)
        }
    }

    @Test("An error carries the statement, but none of its values")
    func errorText() async throws {
        try await withDatabase(.memory) { database in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.write { transaction in
                    for _ in 0..<2 { try insert("secret name", in: transaction) }
                }
            }
            #expect(error?.description.contains("INSERT INTO pets") == true)
            #expect(error?.description.contains("secret") == false)
        }
    }

    @Test("A statement that is no SQL is an error that trying again does not mend")
    func syntax() async throws {
        try await withDatabase(.memory) { database in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.write { try $0.execute("SELEKT") }
            }
            #expect(error?.kind == .other)
        }
    }
}
