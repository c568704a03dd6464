import Persistence
import Testing

/// What `execute`, `insert` and `query` answer.
@Suite(.timeLimit(.minutes(5))) struct ChangeCountTests {
    @Test("A statement counts the rows that it inserted, changed or deleted", arguments: Kind.allCases)
    func counts(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            let counts = try await database.write { transaction in
                try [
                    "INSERT INTO pets (name) VALUES ('a'), ('b'), ('c')",
                    "UPDATE pets SET legs = 4 WHERE name < 'c'", "UPDATE pets SET legs = 4 WHERE name = 'z'",
                    "DELETE FROM pets", "DELETE FROM pets",
                ].map { try transaction.execute($0) }
            }
            #expect(counts == [3, 2, 0, 3, 0])
        }
    }

    @Test("A row that is there already counts as none when conflicts are ignored")
    func ignoredConflict() async throws {
        try await withDatabase(.memory) { database in
            try await database.write { transaction throws in
                let sql = "INSERT INTO pets (name) VALUES ($1) ON CONFLICT DO NOTHING"
                #expect(try transaction.execute(sql, [.text("Mia")]) == 1)
                #expect(try transaction.execute(sql, [.text("Mia")]) == 0)
            }
        }
    }

    @Test("A statement that changes no rows counts none, whatever ran before it")
    func schemaStatement() async throws {
        try await withDatabase(.memory) { database in
            let counts = try await database.write { transaction in
                try ["INSERT INTO pets (name) VALUES ('a'), ('b')", "CREATE INDEX pets_legs ON pets (legs)"]
                    .map { try transaction.execute($0) }
            }
            #expect(counts == [2, 0])
        }
    }

    @Test("Rows that a trigger writes are not counted")
    func trigger() async throws {
        try await withDatabase(.memory) { database in
            let count = try await database.write { transaction in
                try transaction.execute(
                    """
                    CREATE TRIGGER pets_pair AFTER INSERT ON pets WHEN new.name = 'one'
                    BEGIN INSERT INTO pets (name) VALUES ('two'), ('three'); END
                    """)
                return try transaction.execute("INSERT INTO pets (name) VALUES ('one')")
            }
            #expect(count == 1)
        }
    }

    @Test("An INSERT that returns the id gives it", arguments: Kind.allCases)
    func insertReturning(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            let ids = try await database.write { transaction in
                try ["a", "b"].map {
                    try transaction.insert("INSERT INTO pets (name) VALUES ($1)", [.text($0)])
                }
            }
            #expect(ids == [1, 2])
            #expect(try await database.names() == ["a", "b"])
        }
    }

    @Test("An INSERT that inserts nothing has no id to give")
    func insertNothing() async throws {
        try await withDatabase(.memory) { database in
            await #expect(throws: DatabaseError.self) {
                try await database.write { transaction in
                    try transaction.insert("INSERT INTO pets (name) SELECT 'x' WHERE false", [])
                }
            }
        }
    }

    @Test("The first row is given, and nil when there is none")
    func first() async throws {
        try await withDatabase(.memory) { database in
            let found = try await database.read { connection in
                try ["SELECT 1 UNION ALL SELECT 2", "SELECT 1 WHERE false"].map {
                    try connection.first($0) { try $0.integer(0) }
                }
            }
            #expect(found == [1, nil])
        }
    }
}
