import Events
import Foundation
import Persistence
import Records
import Telemetry
import Testing

@testable import Messaging

/// What happens when a policy does not succeed.
@Suite(.timeLimit(.minutes(5))) struct PolicyFailureTests {
    private let consumer: Consumer

    init() async throws { consumer = try await Consumer([.remember]) }

    @Test("A policy that fails for now leaves no inbox row and no effect, and is to be tried again")
    func later() async throws {
        let outcome = try await consumer.handle(greeting("later", offset: 5))
        #expect(outcome == .init(next: [:], retry: [0: 5]))
        #expect(try await consumer.store.count("inbox") == 0)
        #expect(try await consumer.store.notes() == [])
        #expect(try await consumer.store.count("outbox") == 0)
        #expect(consumer.counted("Greeted", "retried") == 1)
    }

    @Test("A policy that fails for now stops its partition and no other")
    func partitions() async throws {
        let outcome = try await consumer.handle(
            greeting("a", partition: 1, offset: 1), greeting("later", partition: 1, offset: 2),
            greeting("c", partition: 2, offset: 7), greeting("behind", partition: 1, offset: 3),
            greeting("d", partition: 2, offset: 8))
        #expect(outcome == .init(next: [1: 2, 2: 9], retry: [1: 2]))
        #expect(try await consumer.store.notes() == ["a", "c", "d"])
    }

    @Test("A policy that changes a row which is gone fails alone, and is given up after its attempts")
    func conflict() async throws {
        let careless = Policy.whenever(Parted.self, "porter.careless") { event, transaction in
            throw DatabaseError(kind: .conflict, message: "the row was changed or removed meanwhile")
        }
        let consumer = try await Consumer([.remember, careless])
        let outcome = try await consumer.handle(
            greeting("Mia", type: "Parted", partition: 1, offset: 1), greeting("Leo", partition: 2, offset: 7))
        #expect(outcome == .init(next: [2: 8], retry: [1: 1]))
        for _ in 2...Attempts.limit {
            try await consumer.handle(greeting("Mia", type: "Parted", partition: 1, offset: 1))
        }
        #expect(try await consumer.store.notes() == ["Leo"])
        #expect(try await consumer.store.count("outbox") == 1)
    }

    @Test("A record that failed for now takes effect once it succeeds")
    func succeedsLater() async throws {
        let switchable = Policy.whenever(Greeted.self, "porter.switchable") { event, transaction in
            guard try transaction.first("SELECT 1 FROM notes", [], { try $0.integer(0) }) != nil else { throw Later() }
            try note(event.name, in: transaction)
        }
        let consumer = try await Consumer([switchable])
        #expect(try await consumer.handle(greeting(offset: 5)).retry == [0: 5])
        try await consumer.store.database.write { try note("ready", in: $0) }
        #expect(try await consumer.handle(greeting(offset: 5)) == .init(next: [0: 6], retry: [:]))
        #expect(try await consumer.store.notes() == ["ready", "Mia"])
    }

    @Test("When the second policy of a record fails, the first is undone with it, and both run later")
    func bothOrNone() async throws {
        let picky = Policy.whenever(Greeted.self, "porter.picky") { event, transaction in
            guard try transaction.first("SELECT 1 FROM notes WHERE text = 'ready'", [], { try $0.integer(0) }) != nil
            else {
                throw Later()
            }
            try note("picky " + event.name, in: transaction)
        }
        let consumer = try await Consumer([.remember, picky])
        try await consumer.handle(greeting())
        #expect(try await consumer.store.notes() == [])
        #expect(try await consumer.store.count("inbox") == 0)
        try await consumer.store.database.write { try note("ready", in: $0) }
        try await consumer.handle(greeting())
        #expect(try await consumer.store.notes() == ["ready", "Mia", "picky Mia"])
    }

    @Test("A record that can never succeed goes to the dead letters, and its partition goes on")
    func never() async throws {
        let outcome = try await consumer.handle(
            greeting("a", offset: 1), greeting("never", offset: 2), greeting("c", offset: 3))
        #expect(outcome == .init(next: [0: 4], retry: [:]))
        #expect(try await consumer.store.notes() == ["a", "c"])
        #expect(try await consumer.deadLetters().count == 1)
        #expect(try await consumer.store.count("inbox WHERE policy = 'porter.remember'") == 2)
        #expect(consumer.metrics.counter("dlq_records_total").value == 1)
        #expect(consumer.counted("Greeted", "dead") == 1)
    }

    @Test("A crash between a dead letter and its offset makes no second letter, whatever else it is tried with")
    func oneLetter() async throws {
        for offset: Int in [5, 5, 6] { try await consumer.handle(greeting("never", offset: offset, id: "e1")) }
        for _ in 1...10 { try await consumer.handle(greeting("later", offset: 7)) }
        let restarted = PolicyDispatcher(
            database: consumer.store.database, policies: [.remember], group: "porter", metrics: Metrics(), log: .silent)
        #expect(try await restarted.dispatch([greeting("later", offset: 7)]).next == [0: 8])
        let letters = try await consumer.deadLetters().map { $0.header("x-original-offset") }
        #expect(letters == ["5", "6", "7"], "6 is the event sent again")
    }

    @Test("Another event at the place of a dead letter, in a topic made anew, has its own attempts and its own letter")
    func placeUsedAgain() async throws {
        try await consumer.handle(greeting("never", offset: 5, id: "e1"))
        #expect(try await consumer.handle(greeting("later", offset: 5, id: "e2")).retry == [0: 5])
        try await consumer.handle(greeting("never", offset: 5, id: "e3"))
        #expect(try await consumer.deadLetters().map { $0.header("ce_id") } == ["e1", "e3"])
    }

    @Test("A dead letter is the record as it came, with where from and why")
    func letter() async throws {
        try await consumer.handle(
            greeting("never", partition: 4, offset: 2, id: "e1", more: [("colour", "blue"), ("colour", "green")]))
        let letter = try #require(try await consumer.deadLetters().first)
        let original = greeting(
            "never", partition: 4, offset: 2, id: "e1", more: [("colour", "blue"), ("colour", "green")])
        #expect(letter.topic == "error.greetings.porter")
        #expect(letter.key == original.key)
        #expect(letter.payload == original.payload)
        #expect(Array(letter.headers.prefix(original.headers.count)) == original.headers)
        #expect(letter.header("x-original-topic") == "greetings")
        #expect(letter.header("x-original-partition") == "4")
        #expect(letter.header("x-original-offset") == "2")
        #expect(letter.header("x-original-timestamp") == "77")
        #expect(letter.header("x-exception-fqcn") == "MessagingTests.Refused")
        #expect(letter.header("x-exception-message") == "this is refused for good")
        #expect(letter.header("x-attempts") == "1")
        #expect(letter.header("x-policy") == "porter.remember")
    }

    @Test("After ten attempts a record goes to the dead letters after all")
    func attempts() async throws {
        for attempt in 1...9 {
            #expect(try await consumer.handle(greeting("later", offset: 5)).retry == [0: 5], "attempt \(attempt)")
        }
        #expect(try await consumer.handle(greeting("later", offset: 5)) == .init(next: [0: 6], retry: [:]))
        let letter = try #require(try await consumer.deadLetters().first)
        #expect(letter.header("x-attempts") == "10")
        #expect(letter.header("x-exception-fqcn") == "MessagingTests.Later")
    }

    @Test("Attempts are counted for each record and each partition")
    func attemptsPerRecord() async throws {
        for _ in 1...9 {
            try await consumer.handle(greeting("later", offset: 5), greeting("later", partition: 1, offset: 5))
        }
        #expect(try await consumer.handle(greeting("later", offset: 6)).retry == [0: 6])
        #expect(try await consumer.handle(greeting("later", partition: 1, offset: 5)).next == [1: 6])
    }

    @Test("A database that is not available fails the whole batch, so that it is handed in again")
    func unavailable() async throws {
        let policy = Policy.whenever(Greeted.self, "porter.unlucky") { event, transaction in
            try note(event.name, in: transaction)
            if event.name == "b" { throw DatabaseError(kind: .unavailable, message: "disk is full") }
        }
        let consumer = try await Consumer([policy])
        await #expect(throws: DatabaseError.self) {
            try await consumer.handle(greeting("a", offset: 1), greeting("b", partition: 1, offset: 2))
        }
        #expect(try await consumer.store.notes() == [])
        #expect(try await consumer.store.count("inbox") == 0)
        #expect(try await consumer.store.count("outbox") == 0)
    }

    @Test("A statement that the database refuses is the failure of its record alone")
    func refusedStatement() async throws {
        let policy = Policy.whenever(Greeted.self, "porter.unlucky") { event, transaction in
            try note(event.name, in: transaction)
            if event.name == "again" { try transaction.execute("INSERT INTO notes (id) SELECT id FROM notes") }
        }
        let consumer = try await Consumer([policy])
        let outcome = try await consumer.handle(
            greeting("a", offset: 1), greeting("again", partition: 1, offset: 2), greeting("c", offset: 3))
        #expect(outcome == .init(next: [0: 4], retry: [1: 2]))
        #expect(try await consumer.store.notes() == ["a", "c"])
    }

    @Test("Events that a failed policy had queued are not published")
    func queued() async throws {
        let policy = Policy.whenever(Greeted.self, "porter.hasty") { event, transaction in
            try Outbox.append([Parted(name: event.name)], in: transaction)
            throw Later()
        }
        let consumer = try await Consumer([policy])
        try await consumer.handle(greeting())
        #expect(try await consumer.store.count("outbox") == 0)
    }
}
