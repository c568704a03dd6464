import Events
import Foundation
import Messaging
import Persistence
import Records
import Telemetry
import Time

/// A consumer group with a database in memory, which is handed records.
struct Consumer: Sendable {
    let store: TestDatabase
    let metrics = Metrics()
    private let dispatcher: PolicyDispatcher

    init(_ policies: [Policy], earlyLimit: Duration = .seconds(3600)) async throws {
        store = try await TestDatabase()
        dispatcher = PolicyDispatcher(
            database: store.database, policies: policies, group: "porter", earlyLimit: earlyLimit, metrics: metrics,
            log: .silent)
    }

    /// What the timer does.
    func retryEarlyEvents() async throws { try await dispatcher.retryDueEarlyEvents() }

    @discardableResult
    func handle(_ records: EventRecord...) async throws -> PolicyDispatcher.Outcome {
        try await dispatcher.dispatch(records)
    }

    func beginAgain() { dispatcher.beginAgain() }
    func noteSkipped() async throws { try await dispatcher.noteSkipped() }

    func listens(to type: String) -> Bool { dispatcher.listens(to: type) }

    /// How many records of `type` ended like that.
    func counted(_ type: String, _ result: String) -> Int {
        metrics.counter("events_handled_total", ["type": type, "result": result]).value
    }

    /// The dead letters as the broker gets them.
    func deadLetters() async throws -> [OutgoingRecord] {
        let publisher = MemoryPublisher()
        try await OutboxRelay(
            database: store.database, publisher: publisher, topic: "greetings", source: "porter", metrics: Metrics(),
            log: .silent
        ).publishBatch()
        return publisher.stored.filter { $0.topic.hasPrefix("error.") }
    }
}

extension Policy {
    /// Notes the name of everyone who is greeted, but fails for `later` and refuses `never`.
    static let remember = Policy.whenever(Greeted.self, "porter.remember") { event, transaction in
        try note(event.name, in: transaction)
        if event.name == "later" { throw Later() }
        if event.name == "never" { throw Refused() }
    }
}

func greeting(
    _ name: String = "Mia", type: String? = "Greeted", partition: Int = 0, offset: Int = 0, id: String? = nil,
    key: Data? = Data("key".utf8), more: [(String, String)] = []
) -> EventRecord {
    let headers = [("type", type), ("ce_id", id)].compactMap { name, value in value.map { (name, $0) } } + more
    return EventRecord(
        topic: "greetings", partition: partition, offset: offset, timestamp: Timestamp(milliseconds: 77), key: key,
        headers: headers.map { RecordHeader($0.0, $0.1) },
        payload: Data(#"{"eventType":"Greeted","timestamp":1,"name":"\#(name)"}"#.utf8))
}
