import Events
import Foundation
import Messaging
import Persistence
import Records
import Telemetry
import Testing

/// The relay as the service runs it.
@Suite(.timeLimit(.minutes(5))) struct OutboxRelayRunTests {
    private let store: TestDatabase
    private let publisher = MemoryPublisher()

    init() async throws { store = try await TestDatabase() }

    private func run() -> Task<Void, Never> {
        let relay = OutboxRelay(
            database: store.database, publisher: publisher, topic: "greetings", source: "porter", metrics: Metrics(),
            log: .silent)
        return Task { await relay.run() }
    }

    @Test("A running relay publishes what is there, and then what is committed")
    func wakes() async throws {
        try await store.append(Greeted(name: "before"))
        let running = run()
        try await publisher.wait(for: .published)
        try await store.append(Greeted(name: "after"))
        try await publisher.wait(for: .published)
        #expect(publisher.names == ["before", "after"])
        running.cancel()
        await running.value
    }

    @Test("Many small commits all arrive, once and in order")
    func stream() async throws {
        let running = run()
        for number in 0..<200 { try await store.append(Greeted(name: "\(number)")) }
        while publisher.names.count < 200 { try await publisher.wait(for: .published) }
        running.cancel()
        await running.value
        #expect(publisher.names == (0..<200).map { "\($0)" })
        #expect(try await store.backlog().pending == 0)
    }

    @Test("A cancelled relay ends, also while it waits for work")
    func cancelled() async throws {
        let running = run()
        try await publisher.wait(for: .clusterAsked("first"))
        running.cancel()
        await running.value
    }

    @Test("A cancelled relay marks what the broker took")
    func cancelledInFlight() async throws {
        publisher.hold()
        try await store.append(Greeted(name: "a"))
        let running = run()
        try await publisher.wait(for: .publishing)
        running.cancel()
        publisher.letGo()
        await running.value
        #expect(try await store.backlog().pending == 0)
    }

    @Test("A broker that is away takes the rows when it is back")
    func away() async throws {
        publisher.refuse { _ in PublishFailure(reason: "away", isPermanent: false) }
        try await store.append(Greeted(name: "a"))
        let running = run()
        try await publisher.wait(for: .published)
        #expect(publisher.names == [])
        publisher.acceptAll()
        try await publisher.wait(for: .published)
        #expect(publisher.names == ["a"])
        running.cancel()
        await running.value
    }

    @Test("A broker that answers for nothing yet is not taken for another one")
    func unknownCluster() async throws {
        publisher.disconnect()
        try await store.append(Greeted(name: "a"))
        let running = run()
        try await publisher.wait(for: .clusterAsked(nil))
        try await publisher.wait(for: .published)
        running.cancel()
        await running.value
        #expect(publisher.batches == [["a"]])
    }

    @Test("A cluster that is replaced while records are in flight gets all of them")
    func replacedInFlight() async throws {
        try await store.append(Greeted(name: "a"))
        let running = run()
        try await publisher.wait(for: .clusterAsked("first"))
        for call in [MemoryPublisher.Call.publishing, .published] { try await publisher.wait(for: call) }
        publisher.hold()
        try await store.append(Greeted(name: "b"))
        try await publisher.wait(for: .publishing)
        publisher.replaceCluster(by: "second")
        // Asked twice: what the first answer set off is done by then, or waits for the records in flight.
        for _ in 0..<2 { try await publisher.wait(for: .clusterAsked("second")) }
        publisher.letGo()
        while publisher.names.count < 2 { try await publisher.wait(for: .published) }
        #expect(publisher.names == ["a", "b"])
        running.cancel()
        await running.value
    }
}
