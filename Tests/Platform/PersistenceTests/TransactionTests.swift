import Persistence
import Telemetry
import Testing
import Time

/// What a transaction stores, and what it undoes.
@Suite(.timeLimit(.minutes(5))) struct TransactionTests {
    @Test("A unit that returns is stored", arguments: Kind.allCases)
    func commits(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            let result = try await database.write { transaction in
                try insert("Mia", in: transaction)
                return 7
            }
            #expect(result == 7)
            #expect(try await database.names() == ["Mia"])
        }
    }

    @Test("A unit that throws stores nothing, and its caller gets the error", arguments: Kind.allCases)
    func rollsBack(kind: Kind) async throws {
        try await withDatabase(kind) { database async throws in
            await #expect(throws: Refusal()) {
                try await database.write { transaction in
                    try insert("Mia", in: transaction)
                    throw Refusal()
                }
            }
            #expect(try await database.names() == [])
        }
    }

    @Test("The database goes on after a unit that threw", arguments: Kind.allCases)
    func goesOn(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            await #expect(throws: Refusal()) { try await database.write { _ in throw Refusal() } }
            try await database.write { try insert("Leo", in: $0) }
            #expect(try await database.names() == ["Leo"])
        }
    }

    @Test("A savepoint that throws undoes only itself", arguments: Kind.allCases)
    func savepoint(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            let thrown = try await database.write { transaction in
                try insert("before", in: transaction)
                let thrown = failure {
                    try transaction.savepoint {
                        try insert("inside", in: transaction)
                        throw Refusal()
                    }
                }
                try insert("after", in: transaction)
                return thrown
            }
            #expect(thrown is Refusal)
            #expect(try await database.names() == ["before", "after"])
        }
    }

    @Test("An inner savepoint that throws leaves the outer one whole", arguments: Kind.allCases)
    func nestedInner(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            try await database.write { transaction in
                try transaction.savepoint {
                    try insert("outer", in: transaction)
                    _ = failure {
                        try transaction.savepoint {
                            try insert("inner", in: transaction)
                            throw Refusal()
                        }
                    }
                    try transaction.savepoint { try insert("second inner", in: transaction) }
                }
            }
            #expect(try await database.names() == ["outer", "second inner"])
        }
    }

    @Test("An outer savepoint that throws takes its inner ones along", arguments: Kind.allCases)
    func nestedOuter(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            try await database.write { transaction in
                _ = failure {
                    try transaction.savepoint {
                        try transaction.savepoint { try insert("inner", in: transaction) }
                        throw Refusal()
                    }
                }
            }
            #expect(try await database.names() == [])
        }
    }

    @Test("A savepoint returns what its closure returns", arguments: Kind.allCases)
    func savepointValue(kind: Kind) async throws {
        try await withDatabase(kind) { database async throws in
            #expect(try await database.write { transaction in try transaction.savepoint { 3 } } == 3)
        }
    }

    @Test(
        "A statement that fails leaves the others of its unit alone when the error is caught: SQLite",
        arguments: [Kind.memory, .file])
    func failedStatement(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            let refused = try await database.write { transaction in
                try insert("Mia", in: transaction)
                let refused = failure { try insert("Mia", in: transaction) }
                try insert("Leo", in: transaction)
                return refused
            }
            #expect(refused is DatabaseError)
            #expect(try await database.names() == ["Mia", "Leo"])
        }
    }

    @Test("A transaction tells the database's time", arguments: Kind.allCases)
    func time(kind: Kind) async throws {
        try await withDatabase(kind, clock: { Timestamp(milliseconds: 1_234) }) { database async throws in
            #expect(try await database.write { $0.now }.milliseconds == 1_234)
        }
    }

    @Test("A transaction knows what set it off", arguments: Kind.allCases)
    func cause(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            let cause = Cause(id: "request-1", continuing: nil)
            let seen = try await Cause.$current.withValue(cause) { try await database.write { $0.cause } }
            #expect(seen == cause)
            #expect(try await database.write { $0.cause } == nil)
        }
    }
}
