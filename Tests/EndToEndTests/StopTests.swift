import Checkout
import Foundation
import HTTPClient
import Persistence
import Testing

extension EndToEndTests {
    /// SIGTERM ends a service with status 0 in under ten seconds, whatever it is doing.
    @Suite(.serialized) struct StopTests {
        private func expectStop(
            _ system: FoodSystem, _ service: FoodSystem.Service, sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            let program = try #require(await system.program(service))
            let begin = ContinuousClock.now
            program.signal(SIGTERM)
            #expect(await program.status(within: .seconds(30)) == 0, "\(program.tail)", sourceLocation: sourceLocation)
            #expect(ContinuousClock.now - begin < .seconds(10), "\(program.tail)", sourceLocation: sourceLocation)
        }

        /// Runs `body` while nobody else can write to the store's database.
        private func withLockedStore(_ system: FoodSystem, _ body: () async throws -> Void) async throws {
            let database = try Database.open(url: "sqlite:\(system.folder.appending(path: "store.db").path())")
            let (locked, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let lock = Task {
                try await database.write { transaction in
                    try transaction.execute("CREATE TABLE IF NOT EXISTS held (id INTEGER) STRICT")
                    locked.signal()
                    gate.wait()
                }
            }
            await eventually("the database is locked") { locked.wait(timeout: .now()) == .success }
            try await body()
            gate.signal()
            _ = try await lock.value
            await database.close()
        }

        @Test("While its start is held up by a locked database")
        func starting() async throws {
            let system = try FoodSystem(Setup())
            try await withLockedStore(system) {
                try await system.launch(.store)
                await eventually("the service waits for it") {
                    await system.program(.store)?.hasOpen("store.db") == true
                }
                try await expectStop(system, .store)
            }
            await system.stop()
        }

        @Test("At any moment of its start, from the first on at which the signal does not end it by itself")
        func launched() async throws {
            let system = try FoodSystem(Setup())
            for number in 0..<40 {
                try await system.launchBroker()
                try await expectStop(system, "broker", .milliseconds(number / 2))
            }
            try await system.startBroker()
            for number in 0..<40 {
                try await system.launch(.payment)
                try await expectStop(system, "payment", .milliseconds(number / 2))
            }
            await system.stop()
        }

        /// Waits for the moment busily, which is more exact than a sleep: it is what is tested.
        private func expectStop(_ system: FoodSystem, _ name: String, _ delay: Duration) async throws {
            let program = try #require(await system.program(name))
            while !program.takes(SIGTERM), program.isRunning {}
            let moment = ContinuousClock.now + delay
            while .now < moment {}
            program.signal(SIGTERM)
            #expect(await program.status(within: .seconds(10)) == 0, "\(name) after \(delay): \(program.tail)")
            await system.stop(name, SIGKILL)
        }

        @Test("While everything that it wants to write waits for a locked database")
        func locked() async throws {
            let system = try await FoodSystem.start()
            try await withLockedStore(system) {
                for number in 1...5 { #expect(try await system.order("l-\(number)").status == 201) }
                let program = try #require(await system.program(.store))
                await eventually("a commit has failed") { program.output.contains("A commit failed") }
                try await expectStop(system, .store)
            }
            await system.stop()
        }

        @Test("While it waits for a Kafka that takes connections and never answers")
        func silentKafka() async throws {
            let kafka = try SilentServer()
            let system = try FoodSystem(Setup(kafka: "127.0.0.1:\(kafka.port)"))
            for service in FoodSystem.Service.all {
                try await system.start(service)
                try await expectStop(system, service)
            }
            await system.stop()
        }

        @Test(
            "While the group rebalances, with a broker that answers and with one that hangs", arguments: [false, true])
        func rebalancing(_ brokerHangs: Bool) async throws {
            let system = try await FoodSystem.start()
            // The group waits for the one that was killed, then for all to join again.
            await system.stop(.store, SIGKILL)
            try await system.start(.store)
            if brokerHangs { await system.broker?.signal(SIGSTOP) }
            try await expectStop(system, .store)
            await system.stop()
        }

        @Test("While the broker hangs and events wait for it")
        func brokerHangs() async throws {
            let system = try await FoodSystem.start()
            await system.broker?.signal(SIGSTOP)
            for number in 1...20 { #expect(try await system.order("h-\(number)").status == 201) }
            for service in FoodSystem.Service.all { try await expectStop(system, service) }
            await system.stop()
        }

        /// Waits of orders that are not there, due since long ago; more than any batch.
        private func addDeadlines(_ system: FoodSystem) async throws {
            let database = try Database.open(url: "sqlite:\(system.folder.appending(path: "store.db").path())")
            try await database.write { transaction in
                for number in 0..<2_000 {
                    try transaction.execute(
                        "INSERT INTO deadlines (name, key, due_at, boot, due_up) VALUES ('store.answer', $1, 0, '', 0)",
                        [.text("gone-\(number)")])
                }
                // More than the little that the full disk has left.
                try transaction.execute(
                    "CREATE TRIGGER swell AFTER DELETE ON deadlines BEGIN INSERT INTO ballast VALUES (zeroblob(65536)); END"
                )
                try transaction.execute("CREATE TABLE ballast (bytes BLOB) STRICT")
            }
            await database.close()
        }

        @Test("While deadlines fail because the disk is full")
        func diskFull() async throws {
            let system = try await FoodSystem.start()
            await system.stop(.store, SIGTERM)
            try await addDeadlines(system)
            try await system.launch(.store, filesUpTo: 512)
            await system.ready(.store)
            let program = try #require(await system.program(.store))
            await eventually("a commit has failed") { program.output.contains("A commit failed") }
            try await expectStop(system, .store)
            await system.stop()
        }

        @Test("While every deadline fails")
        func deadlinesFail() async throws {
            let system = try await FoodSystem.start(environment: ["STORE_ANSWER_SECONDS": "1"])
            let database = try Database.open(url: "sqlite:\(system.folder.appending(path: "store.db").path())")
            try await database.write {
                try $0.execute(
                    "CREATE TRIGGER refuse BEFORE UPDATE ON order_manages BEGIN SELECT RAISE(ABORT, 'refused'); END")
            }
            await database.close()
            for number in 1...50 { #expect(try await system.order("d-\(number)").status == 201) }
            let program = try #require(await system.program(.store))
            await eventually("a deadline has failed") { program.output.contains("A deadline failed") }
            try await expectStop(system, .store)
            await system.stop()
        }
    }
}

/// Takes connections and never says a word.
private final class SilentServer {
    private let descriptor: Int32
    let port: Int

    init() throws {
        (descriptor, port) = try FreePorts.bound()
        listen(descriptor, 64)
    }

    deinit { close(descriptor) }
}
