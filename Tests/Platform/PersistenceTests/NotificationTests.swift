import Persistence
import Testing

/// Who hears of commits.
@Suite(.timeLimit(.minutes(5))) struct NotificationTests {
    @Test("A listener hears of a commit that notified its channel, before the caller goes on", arguments: Kind.allCases)
    func heard(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            let ear = Count()
            database.listen("news") { ear.increment() }
            try await database.write { $0.notify("news") }
            #expect(ear.value == 1)
        }
    }

    @Test("A listener hears nothing while the transaction is open")
    func notBefore() async throws {
        try await withDatabase(.memory) { database in
            let ear = Count()
            database.listen("news") { ear.increment() }
            let during = try await database.write { transaction in
                transaction.notify("news")
                return ear.value
            }
            #expect(during == 0)
        }
    }

    @Test("A listener hears nothing of a unit that was rolled back", arguments: Kind.allCases)
    func rollback(kind: Kind) async throws {
        try await withDatabase(kind) { database in
            let ear = Count()
            database.listen("news") { ear.increment() }
            await #expect(throws: Refusal()) {
                try await database.write { transaction in
                    transaction.notify("news")
                    throw Refusal()
                }
            }
            #expect(ear.value == 0)
        }
    }

    @Test("A channel that is notified twice in a commit is heard once")
    func once() async throws {
        try await withDatabase(.memory) { database in
            let ear = Count()
            database.listen("news") { ear.increment() }
            try await database.write { transaction in
                transaction.notify("news")
                transaction.notify("news")
            }
            #expect(ear.value == 1)
        }
    }

    @Test("Every listener of the channel hears, and no other")
    func channels() async throws {
        try await withDatabase(.memory) { database in
            let (first, second, other) = (Count(), Count(), Count())
            database.listen("news") { first.increment() }
            database.listen("news") { second.increment() }
            database.listen("weather") { other.increment() }
            try await database.write { $0.notify("news") }
            #expect([first.value, second.value, other.value] == [1, 1, 0])
        }
    }

    @Test("A listener can read what it hears of")
    func committed() async throws {
        try await withDatabase(.file) { database in
            let (stream, continuation) = AsyncStream<Void>.makeStream()
            database.listen("news") { continuation.yield() }
            let reading = Task {
                for await _ in stream { return try await database.names() }
                return []
            }
            try await database.write { transaction in
                try insert("Mia", in: transaction)
                transaction.notify("news")
            }
            #expect(try await reading.value == ["Mia"])
        }
    }
}
