import Events
import Foundation
import FreshDatabase
import Persistence
import Records
import Telemetry
import Testing

@testable import Messaging

/// How the outbox reaches the broker.
@Suite(.timeLimit(.minutes(5))) struct OutboxRelayTests {
    private let store: TestDatabase
    private let publisher = MemoryPublisher()
    private let metrics = Metrics()
    private let relay: OutboxRelay

    init() async throws {
        store = try await TestDatabase()
        relay = Self.relay(store, publisher, metrics)
    }

    private static func relay(_ store: TestDatabase, _ publisher: MemoryPublisher, _ metrics: Metrics) -> OutboxRelay {
        OutboxRelay(
            database: store.database, publisher: publisher, topic: "greetings", source: "porter", metrics: metrics,
            log: .silent)
    }

    private func append(_ names: String...) async throws {
        for name in names { try await store.append(Greeted(name: name)) }
    }

    /// What failed is sent again after a pause.
    private func publishAll() async throws {
        while try await store.backlog().pending > 0 { try await relay.publishBatch() }
    }

    @Test("Events are published in the order of their commits")
    func order() async throws {
        try await append("a", "b", "c")
        #expect(try await relay.publishBatch() == 3)
        #expect(publisher.names == ["a", "b", "c"])
    }

    @Test("An event goes out with its key, its payload and its headers")
    func wire() async throws {
        let cause = Cause(id: "request-1", continuing: nil, by: "PUT /guests/1")
        try await Cause.$current.withValue(cause) { try await append("Mia") }
        try await relay.publishBatch()
        let record = try #require(publisher.stored.first)
        let id = try await store.texts("SELECT event_id FROM outbox").first
        #expect(record.topic == "greetings")
        #expect(record.key == Data("Mia".utf8))
        #expect(record.payload == Data(#"{"eventType":"Greeted","timestamp":1000000,"name":"Mia"}"#.utf8))
        #expect(record.header("type") == "Greeted")
        #expect(record.header("ce_id") == id)
        #expect(record.header("ce_source") == "porter")
        #expect(record.header("ce_time") == "1970-01-01T00:16:40.000Z")
        #expect(record.header("causationid") == "request-1")
        #expect(record.header("traceparent") == cause.traceparent)
        #expect(record.header("causedby") == "PUT /guests/1")
    }

    @Test("An event without a cause goes out without the headers that name one")
    func noCause() async throws {
        try await append("Mia")
        try await relay.publishBatch()
        #expect(publisher.stored.first?.header("causationid") == nil)
        #expect(publisher.stored.first?.header("traceparent") == nil)
    }

    @Test("A published row is marked with its time and not published again")
    func marked() async throws {
        try await append("a")
        try await relay.publishBatch()
        #expect(try await store.texts("SELECT published_at FROM outbox") == ["1000000"])
        #expect(try await relay.publishBatch() == 0)
        #expect(publisher.names == ["a"])
        #expect(metrics.counter("outbox_published_total").value == 1)
    }

    @Test("A row is not marked before the broker has answered")
    func notBefore() async throws {
        try await append("a")
        publisher.hold()
        let publishing = Task { try await relay.publishBatch() }
        try await publisher.wait(for: .publishing)
        #expect(try await store.backlog().pending == 1)
        publisher.letGo()
        _ = try await publishing.value
        try await publishAll()
        #expect(publisher.names == ["a"])
    }

    @Test("Rows that are not published at once are published a thousand at a time")
    func batches() async throws {
        try await store.database.write { transaction in
            for number in 0..<2_500 { try Outbox.append([Greeted(name: "\(number)")], in: transaction) }
        }
        try await publishAll()
        #expect(publisher.batches.map(\.count) == [1000, 1000, 500])
        #expect(publisher.names == (0..<2_500).map { "\($0)" })
    }

    // MARK: - Refusals

    @Test("A row that the broker does not take now is published later, and those before it are not repeated")
    func retry() async throws {
        try await append("a", "b", "c")
        publisher.refuse("b", permanently: false)
        try await relay.publishBatch()
        #expect(try await store.texts("SELECT id FROM outbox WHERE published_at IS NOT NULL") == ["1"])
        publisher.acceptAll()
        try await publishAll()
        #expect(publisher.batches == [["a", "b", "c"], ["b", "c"]])
        #expect(try await store.backlog().pending == 0)
    }

    @Test("A broker that takes nothing gets the same rows again")
    func retryAll() async throws {
        try await append("a", "b")
        publisher.refuse { _ in PublishFailure(reason: "away", isPermanent: false) }
        try await relay.publishBatch()
        #expect(try await store.backlog().pending == 2)
        publisher.acceptAll()
        try await publishAll()
        #expect(publisher.names == ["a", "b"])
        #expect(metrics.counter("outbox_published_total").value == 2)
    }

    @Test("A repeated row keeps its event id, so that inboxes know it")
    func sameId() async throws {
        try await append("a", "b")
        publisher.refuse("a", permanently: false)
        try await relay.publishBatch()
        publisher.acceptAll()
        try await publishAll()
        let ids = publisher.stored.filter { $0.name == "b" }.map { $0.header("ce_id") }
        #expect(ids.count == 2)
        #expect(Set(ids).count == 1)
    }

    @Test("A row that the broker refuses for good is parked with the reason, and the others go on")
    func park() async throws {
        try await append("a", "b", "c")
        publisher.refuse("b", permanently: true)
        try await relay.publishBatch()
        #expect(publisher.names == ["a", "c"])
        #expect(try await store.backlog() == OutboxBacklog(pending: 0, parked: 1, oldest: nil))
        #expect(try await store.texts("SELECT parked_reason FROM outbox WHERE published_at IS NULL") == ["no b"])
        #expect(try await relay.publishBatch() == 0)
        #expect(metrics.counter("outbox_parked_total").value == 1)
    }

    @Test("A parked row is not published by a later relay either")
    func parkedStays() async throws {
        try await append("a")
        publisher.refuse("a", permanently: true)
        try await relay.publishBatch()
        publisher.acceptAll()
        #expect(try await Self.relay(store, publisher, metrics).publishBatch() == 0)
    }

    @Test("One row refused for good and one for now: the first is parked, the second tried again")
    func parkAndRetry() async throws {
        try await append("a", "b", "c")
        publisher.refuse { record in
            record.name == "c" ? nil : PublishFailure(reason: "no", isPermanent: record.name == "a")
        }
        try await relay.publishBatch()
        publisher.acceptAll()
        try await publishAll()
        #expect(publisher.batches == [["a", "b", "c"], ["b", "c"]])
        #expect(try await store.backlog() == OutboxBacklog(pending: 0, parked: 1, oldest: nil))
    }

    @Test("Rows that could not be marked are published again in the same run", .enabled(if: FreshDatabase.isSQLite))
    func markFails() async throws {
        try await append("a")
        try await store.database.write { transaction in
            try transaction.execute(
                "CREATE TRIGGER full BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
        }
        await #expect(throws: DatabaseError.self) { try await relay.publishBatch() }
        try await store.database.write { try $0.execute("DROP TRIGGER full") }
        try await publishAll()
        #expect(publisher.names == ["a", "a"])
        #expect(try await store.backlog().pending == 0)
    }

    // MARK: - Restarts

    @Test("A new relay goes on with the rows that are not marked")
    func restart() async throws {
        try await append("a")
        try await relay.publishBatch()
        try await append("b")
        try await Self.relay(store, publisher, metrics).publishBatch()
        #expect(publisher.names == ["a", "b"])
    }

    @Test("A new cluster gets everything again, in order, but for what was parked")
    func newCluster() async throws {
        try await relay.noteCluster("first")
        try await append("a", "parked", "c")
        publisher.refuse("parked", permanently: true)
        try await relay.publishBatch()
        publisher.acceptAll()
        publisher.replaceCluster(by: "second")
        try await relay.noteCluster("second")
        try await append("d")
        try await relay.publishBatch()
        #expect(publisher.names == ["a", "c", "d"])
    }

    @Test("A topic that was made again gets everything again, once")
    func topicMadeAgain() async throws {
        try await relay.noteCluster("first")
        try await append("a", "parked", "c")
        publisher.refuse("parked", permanently: true)
        try await relay.publishBatch()
        publisher.acceptAll()
        publisher.makeTopicAgain()
        try await append("d")
        try await relay.publishBatch()
        #expect(publisher.names == ["a", "c", "d"])
        #expect(try await relay.publishBatch() == 0)
    }

    @Test("The first cluster and the same cluster get nothing again", arguments: [false, true])
    func sameCluster(afterRestart: Bool) async throws {
        try await append("a")
        try await relay.publishBatch()
        try await relay.noteCluster("first")
        let later = afterRestart ? Self.relay(store, publisher, metrics) : relay
        try await later.noteCluster("first")
        #expect(try await later.publishBatch() == 0)
    }

    @Test("The next relay is told the offsets that the one before was given, but for those of another cluster")
    func offsets() async throws {
        let place = TopicPartition("greetings", 3)
        try await relay.noteCluster("first")
        try await append("a")
        try await publishAll()
        publisher.remember([place: 41])  // As if the broker had said so.
        try await append("b")
        try await publishAll()
        let other = MemoryPublisher()
        try await Self.relay(store, other, metrics).publishBatch()
        #expect(other.lastOffsets == [place: 41])
        try await Self.relay(store, other, metrics).noteCluster("second")
        #expect(other.lastOffsets == [:])
        let third = MemoryPublisher()
        try await Self.relay(store, third, metrics).publishBatch()
        #expect(third.lastOffsets == [:])
    }

    @Test("A former leader whose answers come late marks nothing that the new cluster does not have")
    func lateAnswers() async throws {
        try await relay.noteCluster("first")
        try await append("a")
        publisher.hold()
        let publishing = Task { try await relay.publishBatch() }
        try await publisher.wait(for: .publishing)
        publisher.replaceCluster(by: "second")
        let successor = Self.relay(store, publisher, metrics)
        try await successor.noteCluster("second")
        publisher.letGo()
        _ = try await publishing.value
        try await relay.publishBatch()
        while try await store.backlog().pending > 0 { try await successor.publishBatch() }
        #expect(publisher.names.contains("a"))
    }

    @Test("A cluster that was replaced while the relay was down is noticed after its start")
    func newClusterWhileDown() async throws {
        try await relay.noteCluster("first")
        try await append("a")
        try await relay.publishBatch()
        publisher.replaceCluster(by: "second")
        let later = Self.relay(store, publisher, metrics)
        try await later.noteCluster("second")
        try await later.publishBatch()
        #expect(publisher.names == ["a"])
    }
}
