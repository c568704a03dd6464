import Outbox
import Persistence
import Synchronization
import Telemetry
import Testing

/// Durable timers.
@Suite(.timeLimit(.minutes(1))) struct DeadlineTests {
    private let store: TestDatabase
    private let metrics = Metrics()

    init() async throws { store = try await TestDatabase() }

    private func runner(_ deadlines: [Deadline]) -> DeadlineRunner {
        DeadlineRunner(
            database: store.database, deadlines: deadlines, clock: store.clock.now, metrics: metrics, log: .silent)
    }

    private var remind: DeadlineRunner { runner([Deadline("remind") { try note($0, in: $1) }]) }

    private func set(_ name: String, _ key: String, in milliseconds: Int64) async throws {
        let due = store.clock.now() + milliseconds
        try await store.database.write { try Deadlines.set(name, for: key, at: due, in: $0) }
    }

    private func pending() async throws -> [String] {
        try await store.texts("SELECT name || ' ' || key || ' ' || due_at FROM deadlines ORDER BY due_at")
    }

    @Test("A deadline does nothing before its time")
    func early() async throws {
        try await set("remind", "Mia", in: 1_000)
        store.clock.advance(by: 999)
        #expect(try await remind.runDue() == 0)
        #expect(try await store.notes() == [])
    }

    @Test("A deadline fires once, at its time")
    func fires() async throws {
        let runner = remind
        try await set("remind", "Mia", in: 1_000)
        store.clock.advance(by: 1_000)
        #expect(try await runner.runDue() == 1)
        #expect(try await runner.runDue() == 0)
        #expect(try await store.notes() == ["Mia"])
        #expect(try await pending() == [])
        #expect(metrics.counter("deadlines_expired_total").value == 1)
    }

    @Test("Deadlines fire in the order of their times, also those of a time long past")
    func order() async throws {
        try await set("remind", "second", in: 20)
        try await set("remind", "first", in: 10)
        store.clock.advance(by: 86_400_000)
        try await remind.runDue()
        #expect(try await store.notes() == ["first", "second"])
    }

    @Test("A deadline that was cleared does not fire")
    func cleared() async throws {
        try await set("remind", "Mia", in: 10)
        try await store.database.write { try Deadlines.clear("remind", for: "Mia", in: $0) }
        store.clock.advance(by: 10)
        #expect(try await remind.runDue() == 0)
        #expect(try await store.notes() == [])
    }

    @Test("Clearing what is not there is harmless, and clears nothing else")
    func clearNothing() async throws {
        try await set("remind", "Mia", in: 10)
        try await store.database.write { transaction in
            try Deadlines.clear("remind", for: "Leo", in: transaction)
            try Deadlines.clear("other", for: "Mia", in: transaction)
        }
        #expect(try await pending().count == 1)
    }

    @Test("Setting a deadline again moves it")
    func moved() async throws {
        try await set("remind", "Mia", in: 10)
        try await set("remind", "Mia", in: 50)
        store.clock.advance(by: 49)
        #expect(try await remind.runDue() == 0)
        store.clock.advance(by: 1)
        #expect(try await remind.runDue() == 1)
    }

    @Test("A deadline of a transaction that rolls back is none")
    func rolledBack() async throws {
        let store = store
        await #expect(throws: Later.self) {
            try await store.database.write { transaction in
                try Deadlines.set("remind", for: "Mia", at: 0, in: transaction)
                throw Later()
            }
        }
        #expect(try await pending() == [])
    }

    @Test("A deadline that fails leaves no effect and is tried again five seconds later")
    func failing() async throws {
        let attempts = Mutex(0)
        let runner = runner([
            Deadline("remind") { key, transaction in
                try note(key, in: transaction)
                if attempts.withLock({
                    $0 += 1; return $0
                }) == 1 {
                    throw Later()
                }
            }
        ])
        try await set("remind", "Mia", in: 0)
        try await runner.runDue()
        #expect(try await store.notes() == [])
        store.clock.advance(by: 4_999)
        #expect(try await runner.runDue() == 0)
        store.clock.advance(by: 1)
        #expect(try await runner.runDue() == 1)
        #expect(try await store.notes() == ["Mia"])
    }

    @Test("A deadline that fails does not keep the others")
    func failingAmongOthers() async throws {
        let runner = runner([
            Deadline("remind") { key, transaction in
                if key == "bad" { throw Later() }
                try note(key, in: transaction)
            }
        ])
        for key in ["bad", "good"] { try await set("remind", key, in: 0) }
        #expect(try await runner.runDue() == 2)
        #expect(try await store.notes() == ["good"])
    }

    @Test("A deadline of a name that this program does not know waits for one that does")
    func unknownName() async throws {
        try await set("forgotten", "Mia", in: 0)
        #expect(try await remind.runDue() == 1)
        #expect(try await pending() == ["forgotten Mia 1005000"])
        #expect(try await remind.runDue() == 0)
    }

    @Test("A deadline that another one cleared in the same round does not fire")
    func clearedInRound() async throws {
        let runner = runner([
            Deadline("remind") { key, transaction in
                try note(key, in: transaction)
                try Deadlines.clear("remind", for: "second", in: transaction)
            }
        ])
        for key in ["first", "second"] { try await set("remind", key, in: key == "first" ? -1 : 0) }
        try await runner.runDue()
        #expect(try await store.notes() == ["first"])
        #expect(metrics.counter("deadlines_expired_total").value == 1)
    }

    @Test("A deadline that was cleared while it was put off does not come back")
    func clearedWhilePostponed() async throws {
        let runner = runner([
            Deadline("remind") { _, transaction in
                try Deadlines.clear("forgotten", for: "Mia", in: transaction)
            }
        ])
        try await set("remind", "Mia", in: -1)
        try await set("forgotten", "Mia", in: 0)
        try await runner.runDue()
        #expect(try await pending() == [])
    }

    @Test("A deadline may start the next one")
    func chained() async throws {
        let clock = store.clock
        let runner = runner([
            Deadline("remind") { key, transaction in
                try note(key, in: transaction)
                try Deadlines.set("remind", for: key, at: clock.now() + 10, in: transaction)
            }
        ])
        try await set("remind", "Mia", in: 0)
        try await runner.runDue()
        store.clock.advance(by: 10)
        try await runner.runDue()
        #expect(try await store.notes() == ["Mia", "Mia"])
    }

    @Test("More deadlines than one batch are all run by the running runner, which then ends when cancelled")
    func run() async throws {
        let (fired, firing) = AsyncStream<Void>.makeStream()
        let runner = runner([Deadline("remind") { _, _ in firing.yield() }])
        try await store.database.write { transaction in
            for number in 0..<450 { try Deadlines.set("remind", for: "\(number)", at: 0, in: transaction) }
        }
        let running = Task { await runner.run() }
        var count = 0
        for await _ in fired {
            count += 1
            if count == 450 { break }
        }
        running.cancel()
        await running.value
        #expect(try await pending() == [])
    }
}
