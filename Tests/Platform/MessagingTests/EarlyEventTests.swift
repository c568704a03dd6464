import Events
import Foundation
import Persistence
import Records
import Telemetry
import Testing
import Time

@testable import Messaging

/// Events that come before what they build on.
@Suite(.timeLimit(.minutes(5))) struct EarlyEventTests {
    private let consumer: Consumer

    init() async throws {
        consumer = try await Consumer([.welcome, .part, .count], earlyLimit: .seconds(100))
    }

    @Test("An early event waits: its partition goes on, and its policy has no effect yet")
    func waits() async throws {
        let outcome = try await consumer.handle(parting("Mia", offset: 5), greeting("Tom", offset: 6))
        #expect(outcome == .init(next: [0: 7], retry: [:]))
        #expect(try await consumer.store.notes() == ["count Mia", "hello Tom"])
        #expect(try await consumer.store.count("early_events") == 1)
        #expect(consumer.counted("Parted", "early") == 1)
        #expect(consumer.counted("Parted", "handled") == 1)
    }

    @Test("It is handled right after the event that it waits for, in the same commit")
    func released() async throws {
        try await consumer.handle(parting("Mia"))
        let commits = consumer.store.metrics.counter("persistence_commits_total").value
        try await consumer.handle(greeting("Mia", offset: 1, key: Data("Mia".utf8)))
        #expect(consumer.store.metrics.counter("persistence_commits_total").value == commits + 1)
        #expect(try await consumer.store.notes() == ["count Mia", "hello Mia", "goodbye Mia"])
        #expect(try await consumer.store.count("early_events") == 0)
    }

    @Test("What waits in a chain is released to its end, whatever order it came in")
    func chain() async throws {
        let steps = (1...4).map { step in
            Policy.whenever(Greeted.self, "porter.step\(step)") { event, transaction in
                guard event.name == "\(step)" else { return }
                if step > 1, try noted("\(step - 1)", in: transaction) == 0 { throw TooEarly("step \(step - 1)") }
                try note(event.name, in: transaction)
            }
        }
        let consumer = try await Consumer(steps)
        for (offset, name) in ["4", "2", "3", "1"].enumerated() {
            try await consumer.handle(greeting(name, offset: Int(offset)))
        }
        #expect(try await consumer.store.notes() == ["1", "2", "3", "4"])
    }

    @Test("An event of the key that nobody here listens to releases it too: it may be this service's own")
    func ownEvent() async throws {
        try await consumer.handle(parting("Mia"))
        try await consumer.store.database.write { try note("hello Mia", in: $0) }
        try await consumer.handle(greeting(type: "Sneezed", offset: 9, key: Data("Tom".utf8)))
        #expect(try await consumer.store.count("early_events") == 1, "another key")
        try await consumer.handle(greeting(type: "Sneezed", offset: 10, key: Data("Mia".utf8)))
        #expect(try await consumer.store.notes().last == "goodbye Mia")
    }

    @Test("An early event that comes again waits once, and takes effect once")
    func repeated() async throws {
        for offset in 0..<3 { try await consumer.handle(parting("Mia", offset: Int(offset), id: "e1")) }
        #expect(try await consumer.store.count("early_events") == 1)
        for offset in 3..<5 { try await consumer.handle(greeting("Mia", offset: Int(offset), key: Data("Mia".utf8))) }
        try await consumer.handle(parting("Mia", offset: 6, id: "e1"))
        #expect(try await consumer.store.notes().filter { $0 == "goodbye Mia" }.count == 1)
    }

    @Test("What a policy did before it found out that it is too early is undone")
    func undone() async throws {
        let hasty = Policy.whenever(Greeted.self, "porter.hasty") { event, transaction in
            try note("hasty", in: transaction)
            try Outbox.append([Parted(name: event.name)], in: transaction)
            throw TooEarly("everything")
        }
        let consumer = try await Consumer([hasty, .countGreetings])
        try await consumer.handle(greeting("Mia"))
        #expect(try await consumer.store.notes() == ["count Mia"])
        #expect(try await consumer.store.count("outbox") == 0)
    }

    @Test("The timer tries again after 1, 2, 4 … 60 s, without any event")
    func timer() async throws {
        let consumer = try await Consumer([.welcome, .part])
        try await consumer.handle(parting("Mia"))
        var waits: [Int] = []
        for _ in 0..<8 {
            let due = Int(try await consumer.store.texts("SELECT retry_at FROM early_events")[0]) ?? 0
            waits.append((due - consumer.store.clock.now().milliseconds) / 1000)
            consumer.store.clock.advance(by: due - consumer.store.clock.now().milliseconds)
            try await consumer.retryEarlyEvents()
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60])
        try await consumer.store.database.write { try note("hello Mia", in: $0) }
        consumer.store.clock.advance(by: 60_000)
        try await consumer.retryEarlyEvents()
        #expect(try await consumer.store.notes().last == "goodbye Mia")
        #expect(try await consumer.store.count("early_events") == 0)
    }

    @Test("What has waited too long becomes a dead letter with the reason; sent again, it is handled as new")
    func givenUp() async throws {
        try await consumer.handle(parting("Mia", offset: 5, id: "e1"))
        for _ in 0..<7 {  // 1 + 2 + 4 + 8 + 16 + 32 + 60 s
            consumer.store.clock.advance(by: 60_000)
            try await consumer.retryEarlyEvents()
        }
        #expect(try await consumer.store.count("early_events") == 0)
        let letter = try #require(try await consumer.deadLetters().first)
        #expect(letter.header("x-exception-fqcn") == "Messaging.WaitedInVain")
        #expect(
            letter.header("x-exception-message") == "it came too early and waited 100 s in vain: nobody greeted Mia")
        #expect(letter.header("x-policy") == "porter.part")
        #expect(letter.header("ce_id") == "e1")
        #expect(consumer.metrics.counter("dlq_records_total").value == 1)
        try await consumer.handle(greeting("Mia", offset: 6))
        try await consumer.handle(parting("Mia", offset: 7, id: "e1"))
        #expect(try await consumer.store.notes() == ["count Mia", "hello Mia", "goodbye Mia"])
    }

    @Test("Giving up an early event does not make the record at the head of its partition young again")
    func attemptsStay() async throws {
        let consumer = try await Consumer([.remember, .part], earlyLimit: .seconds(1))
        try await consumer.handle(parting("Mia", offset: 4))
        for _ in 1...9 { try await consumer.handle(greeting("later", offset: 5)) }
        consumer.store.clock.advance(by: 1_000)
        try await consumer.retryEarlyEvents()
        #expect(try await consumer.store.count("early_events") == 0)
        #expect(try await consumer.handle(greeting("later", offset: 5)).next == [0: 6], "the tenth attempt")
    }

    @Test("A clock that jumps an hour ahead gives up nothing: waiting is counted, not read from the clock")
    func clockJump() async throws {
        try await consumer.handle(parting("Mia"))
        consumer.store.clock.advance(by: 3_600_000)
        try await consumer.retryEarlyEvents()
        #expect(try await consumer.store.count("early_events") == 1)
    }

    @Test("A key for which too much waits gets dead letters, so nobody can make the others slow")
    func tooMany() async throws {
        for offset in 0..<(EarlyEvents.limitPerKey + 3) {
            try await consumer.handle(parting("Mia", offset: Int(offset)))
        }
        #expect(try await consumer.store.count("early_events") == EarlyEvents.limitPerKey)
        #expect(try await consumer.deadLetters().count == 3)
    }

    @Test("A policy that is not there any more gives its events to the dead letters")
    func policyGone() async throws {
        try await consumer.handle(parting("Mia"))
        let successor = PolicyDispatcher(
            database: consumer.store.database, policies: [.welcome], group: "porter", metrics: Metrics(), log: .silent)
        consumer.store.clock.advance(by: 1_000)
        try await successor.retryDueEarlyEvents()
        #expect(try await consumer.store.count("early_events") == 0)
        #expect(try await consumer.deadLetters().first?.header("x-exception-fqcn") == "Messaging.PolicyGone")
    }

    @Test("An early event keeps its cause and its trace")
    func cause() async throws {
        let answer = Policy.whenever(Parted.self, "porter.answer") { event, transaction in
            if try noted("hello " + event.name, in: transaction) == 0 { throw TooEarly("nobody greeted") }
            try Outbox.append([Greeted(name: event.name)], in: transaction)
        }
        let consumer = try await Consumer([.welcome, answer])
        let traceparent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"
        try await consumer.handle(parting("Mia", id: "e1", more: [("traceparent", traceparent)]))
        try await consumer.handle(greeting("Mia", offset: 1, id: "e2", key: Data("Mia".utf8)))
        #expect(try await consumer.store.texts("SELECT cause_id FROM outbox") == ["e1"])
        #expect(try await consumer.store.texts("SELECT traceparent FROM outbox") == [traceparent])
        #expect(try await consumer.store.texts("SELECT caused_by FROM outbox") == ["porter.answer, after waiting"])
    }
}

extension Policy {
    fileprivate static let welcome = Policy.whenever(Greeted.self, "porter.welcome") { event, transaction in
        try note("hello " + event.name, in: transaction)
    }
    /// Nobody parts who was not greeted.
    fileprivate static let part = Policy.whenever(Parted.self, "porter.part") { event, transaction in
        guard try noted("hello " + event.name, in: transaction) > 0 else {
            throw TooEarly("nobody greeted \(event.name)")
        }
        try note("goodbye " + event.name, in: transaction)
    }
    fileprivate static let countGreetings = Policy.whenever(Greeted.self, "porter.countGreetings") {
        event, transaction in
        try note("count " + event.name, in: transaction)
    }
    /// Ready for everything.
    fileprivate static let count = Policy.whenever(Parted.self, "porter.count") { event, transaction in
        try note("count " + event.name, in: transaction)
    }
}

private func noted(_ text: String, in connection: any Connection) throws -> Int {
    try connection.first("SELECT count(*) FROM notes WHERE text = $1", [.text(text)]) { try $0.integer(0) } ?? 0
}

private func parting(_ name: String, offset: Int = 0, id: String? = nil, more: [(String, String)] = []) -> EventRecord {
    greeting(name, type: "Parted", offset: offset, id: id, key: Data(name.utf8), more: more)
}
