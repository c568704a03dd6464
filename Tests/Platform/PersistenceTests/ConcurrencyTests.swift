import Persistence
import Telemetry
import Testing

/// Many callers at once: writers, readers, nested queries.
@Suite(.timeLimit(.minutes(5))) struct ConcurrencyTests {
    @Test("A thousand writers all land, with fewer commits than units", arguments: Kind.allCases)
    func manyWriters(kind: Kind) async throws {
        let metrics = Metrics()
        try await withDatabase(kind, metrics: metrics) { database async throws in
            let (units, commits) = (
                metrics.counter("persistence_units_total"), metrics.counter("persistence_commits_total")
            )
            let before = (units: units.value, commits: commits.value)
            let gate = Gate()
            let submitted = Count()
            try await withThrowingTaskGroup { group in
                group.addTask { try await database.write { _ in gate.pass() } }
                await gate.arrived()
                for number in 0..<1000 {
                    group.addTask {
                        if submitted.increment() == 1000 { gate.open() }
                        try await database.write { try insert("pet \(number)", in: $0) }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await Set(database.names()) == Set((0..<1000).map { "pet \($0)" }))
            #expect(units.value - before.units >= 1001)
            #expect(commits.value - before.commits < 1001)
        }
    }

    @Test("A read does not wait behind a long write")
    func readBesideWrite() async throws {
        try await withDatabase(.file) { database in
            try await database.write { try insert("Mia", in: $0) }
            let gate = Gate()
            let writing = Task {
                try await database.write { transaction throws in
                    try insert("Leo", in: transaction)
                    gate.pass()
                }
            }
            await gate.arrived()
            #expect(try await database.names() == ["Mia"])
            gate.open()
            try await writing.value
            #expect(try await database.names() == ["Mia", "Leo"])
        }
    }

    @Test("All queries of one read see the same state")
    func snapshot() async throws {
        try await withDatabase(.file) { database in
            try await database.write { try insert("Mia", in: $0) }
            let gate = Gate()
            let reading = Task {
                try await database.read { connection throws in
                    let before = try names(in: connection)
                    gate.pass()
                    return try (before, names(in: connection))
                }
            }
            await gate.arrived()
            try await database.write { try insert("Leo", in: $0) }
            gate.open()
            let (before, after) = try await reading.value
            #expect(before == ["Mia"])
            #expect(after == ["Mia"])
        }
    }

    @Test("A read holds everything that was committed before it was called", arguments: Kind.allCases)
    func readYourWrites(kind: Kind) async throws {
        try await withDatabase(kind) { database async throws in
            for number in 1...50 {
                try await database.write { try insert("\(number)", in: $0) }
                #expect(try await database.names().count == number)
            }
        }
    }

    @Test("Readers read at the same time")
    func parallelReaders() async throws {
        try await withDatabase(.file) { database async throws in
            let gate = Gate()
            let held = Task { try await database.read { _ in gate.pass() } }
            await gate.arrived()
            #expect(try await database.names() == [])
            gate.open()
            try await held.value
        }
    }

    @Test("A read that throws gives its error and leaves the reader usable", arguments: Kind.allCases)
    func readThrows(kind: Kind) async throws {
        try await withDatabase(kind) { database async throws in
            for _ in 0..<4 {
                await #expect(throws: Refusal()) { try await database.read { _ in throw Refusal() } }
            }
            #expect(try await database.names() == [])
        }
    }

    @Test("The same statement may run again while a query of it is open", arguments: Kind.allCases)
    func nestedQuery(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            try await database.write { transaction in for name in ["a", "b", "c"] { try insert(name, in: transaction) }
            }
            let pairs = try await database.read { connection throws in
                let sql = "SELECT name FROM pets WHERE name <> $1 ORDER BY id"
                return try connection.query(sql, [.text("")]) { outer in
                    let inner = try connection.query(sql, [.text(try outer.text(0))]) { try $0.text(0) }
                    return try outer.text(0) + ":" + inner.joined()
                }
            }
            #expect(pairs == ["a:bc", "b:ac", "c:ab"])
            #expect(try await database.names() == ["a", "b", "c"])
        }
    }

    @Test("A query that is left by an error can be asked again", arguments: Kind.allCases)
    func abandonedQuery(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            try await database.write { transaction throws in
                for name in ["a", "b"] { try insert(name, in: transaction) }
                #expect(throws: Refusal()) {
                    try transaction.query("SELECT name FROM pets ORDER BY id") { _ in throw Refusal() }
                }
                #expect(try names(in: transaction) == ["a", "b"])
            }
        }
    }
}
