import FreshDatabase
import Messaging
import Persistence
import Synchronization
import Telemetry
import Testing
import Time

/// Durable timers.
@Suite(.timeLimit(.minutes(5))) struct DeadlineTests {
    private let store: TestDatabase
    private let metrics = Metrics()

    init() async throws { store = try await TestDatabase() }

    private func runner(_ deadlines: [Deadline], _ uptime: Uptime? = nil, log: Log = .silent) -> DeadlineRunner {
        DeadlineRunner(
            database: store.database, deadlines: deadlines, uptime: uptime ?? store.uptime, metrics: metrics,
            log: log)
    }

    private var remind: DeadlineRunner { runner([Deadline("remind") { try note($0, in: $1) }]) }

    private func set(_ name: String, _ key: String, in milliseconds: Int) async throws {
        try await store.database.write {
            try Deadlines.set(name, for: key, after: .milliseconds(milliseconds), in: $0)
        }
    }

    private func setMany(_ count: Int) async throws {
        try await store.database.write { transaction in
            for number in 0..<count {
                try Deadlines.set("remind", for: "\(number)", after: .zero, in: transaction)
            }
        }
    }

    private func pending() async throws -> [String] {
        try await store.texts("SELECT name || ' ' || key || ' ' || due_up FROM deadlines ORDER BY due_up")
    }

    @Test("A deadline does nothing before its time")
    func early() async throws {
        try await set("remind", "Mia", in: 1_000)
        store.pass(999)
        #expect(try await remind.runDue() == 0)
        #expect(try await store.notes() == [])
    }

    @Test("A deadline fires once, at its time")
    func fires() async throws {
        let runner = remind
        try await set("remind", "Mia", in: 1_000)
        store.pass(1_000)
        #expect(try await runner.runDue() == 1)
        #expect(try await runner.runDue() == 0)
        #expect(try await store.notes() == ["Mia"])
        #expect(try await pending() == [])
        #expect(metrics.counter("deadlines_expired_total").value == 1)
    }

    @Test("What follows from a deadline says so")
    func causedBy() async throws {
        let runner = runner([Deadline("remind") { try Outbox.append([Greeted(name: $0)], in: $1) }])
        for name in ["Mia", "Leo"] { try await set("remind", name, in: 0) }
        try await runner.runDue()
        #expect(
            try await store.texts("SELECT cause_id || ' ' || caused_by FROM outbox ORDER BY cause_id")
                == ["remind/Leo deadline remind", "remind/Mia deadline remind"])
    }

    @Test("Deadlines fire in the order of their times, also those of a time long past")
    func order() async throws {
        try await set("remind", "second", in: 20)
        try await set("remind", "first", in: 10)
        store.pass(86_400_000)
        try await remind.runDue()
        #expect(try await store.notes() == ["first", "second"])
    }

    @Test("A deadline that was cleared does not fire")
    func cleared() async throws {
        try await set("remind", "Mia", in: 10)
        try await store.database.write { try Deadlines.clear("remind", for: "Mia", in: $0) }
        store.pass(10)
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
        store.pass(49)
        #expect(try await remind.runDue() == 0)
        store.pass(1)
        #expect(try await remind.runDue() == 1)
    }

    @Test("A deadline of a transaction that rolls back is none")
    func rolledBack() async throws {
        await #expect(throws: Later.self) {
            try await store.database.write { transaction in
                try Deadlines.set("remind", for: "Mia", after: .zero, in: transaction)
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
        store.pass(4_999)
        #expect(try await runner.runDue() == 0)
        store.pass(1)
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

    @Test("A deadline of a name that this program does not know waits for one that does, and that is told")
    func unknownName() async throws {
        try await set("forgotten", "Mia", in: 0)
        let lines = Mutex<[String]>([])
        let remind = runner(
            [], log: Log(service: "test", minimum: .error, format: .text) { line in lines.withLock { $0.append(line) } }
        )
        #expect(try await remind.runDue() == 1)
        #expect(lines.withLock { $0.count == 1 && $0[0].contains("this service has no deadline of that name") })
        #expect(try await pending() == ["forgotten Mia 10000"])
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
        let runner = runner([
            Deadline("remind") { key, transaction in
                try note(key, in: transaction)
                try Deadlines.set("remind", for: key, after: .milliseconds(10), in: transaction)
            }
        ])
        try await set("remind", "Mia", in: 0)
        try await runner.runDue()
        store.pass(10)
        try await runner.runDue()
        #expect(try await store.notes() == ["Mia", "Mia"])
    }

    @Test("More deadlines than one batch are all run by the running runner, which then ends when cancelled")
    func run() async throws {
        let (fired, firing) = AsyncStream<Void>.makeStream()
        let runner = runner([Deadline("remind") { _, _ in firing.yield() }])
        try await setMany(450)
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

    @Test(
        "A date that jumps ends no wait before its time, and lets none last longer", arguments: [3_600_000, -3_600_000])
    func jump(_ milliseconds: Int) async throws {
        try await set("remind", "before", in: 10_000)
        store.clock.advance(by: milliseconds)
        try await set("remind", "after", in: 10_000)
        #expect(try await remind.runDue() == 0)
        store.pass(9_999)
        #expect(try await remind.runDue() == 0)
        store.pass(1)
        // Another runner: the process was restarted meanwhile.
        #expect(try await remind.runDue() == 2)
        #expect(Set(try await store.notes()) == ["before", "after"])
    }

    @Test("When the machine was restarted, the date tells what is left of a wait, once")
    func reboot() async throws {
        try await set("remind", "Mia", in: 10_000)
        try await set("remind", "Leo", in: 1_000)
        store.clock.advance(by: 4_000)  // The uptime begins again, and says nothing of that.
        let upClock = TestClock(0)
        let runner = runner(
            [Deadline("remind") { try note($0, in: $1) }], Uptime(boot: "second", now: upClock.sinceStart))
        #expect(try await runner.runDue() == 1)
        store.clock.advance(by: 3_600_000)
        upClock.advance(by: 5_999)
        #expect(try await runner.runDue() == 0)
        upClock.advance(by: 1)
        #expect(try await runner.runDue() == 1)
        #expect(try await store.notes() == ["Leo", "Mia"])
    }

    @Test("What is due at the same time shares a commit, also when one fails")
    func oneCommit() async throws {
        try await setMany(150)
        let runner = runner([
            Deadline("remind") { key, transaction in
                try note(key, in: transaction)
                if key == "77" { throw Later() }
            }
        ])
        _ = try await runner.runDue()  // Every process begins by looking for waits of an earlier start of the machine.
        let commits = store.metrics.counter("persistence_commits_total")
        try await setMany(150)
        let before = commits.value
        #expect(try await runner.runDue() == 150)
        #expect(commits.value - before <= 2, "one to read in this database in memory, one to write")
        #expect(try await store.notes().count == 2 * 149)
        #expect(try await pending() == ["remind 77 10000"])
    }

    @Test(
        "Where there is no space left nothing is lost, and the runner is told rather than asked to go on",
        .enabled(if: FreshDatabase.isSQLite))
    func full() async throws {
        let runner = runner([
            Deadline("remind") { _, transaction in
                try transaction.execute("INSERT INTO notes (text) VALUES (hex(zeroblob(1000000)))")
            }
        ])
        try await setMany(3)
        #expect(try await store.texts("PRAGMA max_page_count = 1").count == 1)  // No smaller than what there is.
        let error = await #expect(throws: DatabaseError.self) { try await runner.runDue() }
        #expect(error?.isRetriable == true)
        #expect(try await pending() == ["remind 0 5000", "remind 1 5000", "remind 2 5000"])
        _ = try await store.texts("PRAGMA max_page_count = 100000")
        #expect(try await runner.runDue() == 3)
    }

    @Test("A runner that is cancelled finishes its batch and begins no other")
    func cancelledBetweenBatches() async throws {
        let running = Mutex<Task<Void, Never>?>(nil)
        let gate = AsyncStream<Void>.makeStream()
        let runner = runner([Deadline("remind") { _, _ in running.withLock { $0?.cancel() } }])
        try await setMany(450)
        let task = Task {
            for await _ in gate.stream {}
            await runner.run()
        }
        running.withLock { $0 = task }
        gate.continuation.finish()
        await task.value
        #expect(try await pending().count == 250)
    }
}
