import Events
import Foundation
import Persistence
import Records
import Telemetry
import Testing

@testable import Messaging

/// One partition that cannot be written, among others that can.
@Suite(.timeLimit(.minutes(5))) struct StuckPartitionTests {
    private let store: TestDatabase
    private let publisher = MemoryPublisher()
    private let relay: OutboxRelay

    init() async throws {
        store = try await TestDatabase()
        // The partition is what a name begins with: "0 first".
        publisher.spread { $0.name.flatMap { Int($0.prefix(1)) } ?? 0 }
        relay = OutboxRelay(
            database: store.database, publisher: publisher, topic: "greetings", source: "porter", metrics: Metrics(),
            log: .silent)
    }

    private func append(_ names: [String]) async throws {
        try await store.database.write { transaction in
            for name in names { try Outbox.append([Greeted(name: name)], in: transaction) }
        }
    }

    private func names(of partition: Int) -> [String] {
        publisher.names.compactMap { $0 }.filter { $0.hasPrefix("\(partition)") }
    }

    private func eventually(_ condition: () async throws -> Bool) async throws {
        while try await !condition() {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    private func stop(_ running: Task<Void, Never>) async {
        running.cancel()
        publisher.letGo()
        await running.value
    }

    @Test("Later events of other partitions are published and marked")
    func others() async throws {
        publisher.hold { $0.name == "0 stuck" }
        try await append(["0 stuck", "1 beside"])
        let running = Task { await relay.run() }
        try await eventually { try await store.backlog().pending == 1 }
        try await append(["1 later"])
        try await eventually { try await store.backlog().pending == 1 && names(of: 1) == ["1 beside", "1 later"] }
        await stop(running)
        #expect(try await store.backlog().pending == 0)
    }

    @Test("A dead-letter topic that cannot be written does not stop the events")
    func deadLetters() async throws {
        publisher.hold { $0.topic == "error.greetings.porter" }
        try await store.database.write { transaction in
            let letter = OutgoingRecord(topic: "error.greetings.porter", key: nil, headers: [], payload: nil)
            try Outbox.append(letter, id: "1", type: "DeadLetter", in: transaction)
        }
        try await append(["0 event"])
        let running = Task { await relay.run() }
        try await eventually { try await store.backlog().pending == 1 && publisher.names.contains("0 event") }
        await stop(running)
    }

    @Test("A row whose partition becomes known while another one is stuck goes out")
    func lateLane() async throws {
        publisher.hold { $0.name == "0 stuck" }
        publisher.spread { $0.name == "0 stuck" ? 0 : 7 }
        publisher.refuse("1 unknown", permanently: false)
        try await append(["0 stuck", "1 unknown"])
        let running = Task { await relay.run() }
        try await eventually { publisher.batches.contains(["1 unknown"]) }
        publisher.spread { $0.name == "0 stuck" ? 0 : 1 }
        publisher.acceptAll()
        try await eventually { names(of: 1) == ["1 unknown"] }
        await stop(running)
    }

    @Test("It holds one batch; the rest follows from the database when it goes on, once and in order")
    func backlog() async throws {
        publisher.hold { $0.name?.hasPrefix("0") == true }
        try await append((0..<6_000).map { "\($0 % 3) \($0)" })
        let running = Task { await relay.run() }
        try await eventually { try await store.backlog().pending == 2_000 }
        try await append((6_000..<6_300).map { "\($0 % 3) \($0)" })
        try await eventually { try await store.backlog().pending == 2_100 }
        #expect(names(of: 0).count <= 1000)
        publisher.letGo()
        try await eventually { try await store.backlog().pending == 0 }
        await stop(running)
        for partition in 0..<3 {
            #expect(names(of: partition) == (0..<6_300).filter { $0 % 3 == partition }.map { "\(partition) \($0)" })
        }
    }

    @Test("What failed for now goes out again with the later rows of its partition behind it")
    func failed() async throws {
        publisher.refuse("0 b", permanently: false)
        try await append(["0 a", "0 b", "1 a", "0 c", "1 b"])
        try await relay.publishBatch()
        try await append(["0 d", "1 c"])
        try await relay.publishBatch()
        #expect(names(of: 1) == ["1 a", "1 b", "1 c"])
        publisher.acceptAll()
        try await eventually {
            try await relay.publishBatch()
            return try await store.backlog().pending == 0
        }
        #expect(names(of: 0).filter { $0 == "0 a" || $0 == "0 b" } == ["0 a", "0 b"])
        #expect(lastOrder(of: 0) == ["0 a", "0 b", "0 c", "0 d"])
    }

    /// The names that reached a partition, in the order in which they came for the last time.
    private func lastOrder(of partition: Int) -> [String] {
        var seen: Set<String> = []
        return names(of: partition).reversed().filter { seen.insert($0).inserted }.reversed()
    }

    @Test("Whatever fails and whenever, each partition ends in order, and all is published", arguments: 1...5)
    func random(seed: Int) async throws {
        let count = 3_000
        try await append((0..<count).map { "\($0 % 4) \($0)" })
        // The same for each attempt but for the round, so that everything gets through in the end.
        let round = Metrics().counter("rounds")
        publisher.refuse { record in
            let number = record.name.flatMap { Int($0.dropFirst(2)) } ?? 0
            let dice = (number &* 7_919 &+ round.value &* 104_729 &+ seed &* 1_299_709) % 600
            return dice == 0 ? PublishFailure(reason: "away", isPermanent: false) : nil
        }
        try await eventually {
            round.increment()
            try await relay.publishBatch()
            return try await store.backlog().pending == 0
        }
        for partition in 0..<4 {
            #expect(lastOrder(of: partition) == (0..<count).filter { $0 % 4 == partition }.map { "\(partition) \($0)" })
        }
    }
}
