import Events
import Foundation
import Persistence
import Telemetry
import Testing

@testable import Messaging

/// What a record sets off.
@Suite(.timeLimit(.minutes(5))) struct PolicyDispatcherTests {
    @Test("A record takes effect, and its offset may be stored")
    func handled() async throws {
        let consumer = try await Consumer([.remember])
        let outcome = try await consumer.handle(greeting("Mia", partition: 3, offset: 41))
        #expect(try await consumer.store.notes() == ["Mia"])
        #expect(outcome == .init(next: [3: 42], retry: [:]))
        #expect(consumer.counted("Greeted", "handled") == 1)
    }

    @Test("The inbox says where a handled record came from")
    func inboxRow() async throws {
        let consumer = try await Consumer([.remember])
        try await consumer.handle(greeting(partition: 3, offset: 41, id: "e1"))
        let rows = try await consumer.store.texts(
            """
            SELECT policy || ' ' || event_id || ' ' || topic || ' ' || kafka_partition || ' ' || kafka_offset || ' ' ||
            received_at FROM inbox
            """)
        #expect(rows == ["porter.remember e1 greetings 3 41 1000000"])
    }

    @Test("A redelivered event changes nothing", arguments: ["e1", nil])
    func redelivered(id: String?) async throws {
        let consumer = try await Consumer([.remember])
        for _ in 0..<2 {
            let outcome = try await consumer.handle(greeting(offset: 5, id: id))
            #expect(outcome.next == [0: 6])
        }
        #expect(try await consumer.store.notes() == ["Mia"])
        #expect(consumer.metrics.counter("inbox_duplicates_total").value == 1)
    }

    @Test("An event that comes twice in a batch, or again at another offset, takes effect once")
    func doubled() async throws {
        let consumer = try await Consumer([.remember])
        try await consumer.handle(greeting(offset: 1, id: "e1"), greeting(offset: 2, id: "e1"))
        try await consumer.handle(greeting(offset: 9, id: "e1"))
        #expect(try await consumer.store.notes() == ["Mia"])
    }

    @Test("Records without an event id are told apart by their position")
    func positions() async throws {
        let consumer = try await Consumer([.remember])
        try await consumer.handle(greeting("a", partition: 1, offset: 1), greeting("b", partition: 2, offset: 1))
        #expect(try await consumer.store.notes() == ["a", "b"])
    }

    @Test("A type that nobody listens to is skipped without a transaction")
    func unknownType() async throws {
        let consumer = try await Consumer([.remember])
        let units = consumer.store.metrics.counter("persistence_units_total").value
        let outcome = try await consumer.handle(
            greeting(type: "Sneezed", offset: 7), greeting(type: "Coughed", offset: 8))
        #expect(outcome.next == [0: 9])
        #expect(consumer.store.metrics.counter("persistence_units_total").value == units)
        #expect(consumer.counted("other", "skipped") == 2)
    }

    @Test("A type that nobody listens to is skipped among others")
    func unknownAmongOthers() async throws {
        let consumer = try await Consumer([.remember])
        let outcome = try await consumer.handle(
            greeting("a", offset: 1), greeting(type: "Sneezed", offset: 2), greeting("b", offset: 3))
        #expect(outcome.next == [0: 4])
        #expect(try await consumer.store.notes() == ["a", "b"])
        #expect(try await consumer.store.count("inbox") == 2)
    }

    @Test("Nothing to handle is nothing done")
    func empty() async throws {
        #expect(try await Consumer([.remember]).handle() == .init())
    }

    @Test("A dispatcher listens to the types of its policies only")
    func listens() async throws {
        let consumer = try await Consumer([.remember])
        #expect(consumer.listens(to: "Greeted"))
        #expect(!consumer.listens(to: "Parted"))
    }

    @Test("The type may be quoted as JSON")
    func quotedType() async throws {
        let consumer = try await Consumer([.remember])
        try await consumer.handle(greeting(type: "\"Greeted\""))
        #expect(try await consumer.store.notes() == ["Mia"])
    }

    @Test("Two policies on one type both run, once each")
    func twoPolicies() async throws {
        let shout = Policy.project(Greeted.self, "porter.shout") { try note($0.name.uppercased(), in: $1) }
        let consumer = try await Consumer([.remember, shout])
        for _ in 0..<2 { try await consumer.handle(greeting(id: "e1")) }
        #expect(try await consumer.store.notes() == ["Mia", "MIA"])
        #expect(try await consumer.store.count("inbox") == 2)
    }

    @Test("A policy that is added later runs on an event that the others have handled")
    func laterPolicy() async throws {
        let consumer = try await Consumer([.remember])
        try await consumer.handle(greeting(id: "e1"))
        let shout = Policy.whenever(Greeted.self, "porter.shout") { try note($0.name.uppercased(), in: $1) }
        _ = try await PolicyDispatcher(
            database: consumer.store.database, policies: [.remember, shout], group: "porter", metrics: Metrics(),
            log: .silent
        ).dispatch([greeting(id: "e1")])
        #expect(try await consumer.store.notes() == ["Mia", "MIA"])
    }

    @Test("Events that a policy publishes follow from the record and continue its trace")
    func cause() async throws {
        let answer = Policy.whenever(Greeted.self, "porter.answer") { event, transaction in
            try Outbox.append([Parted(name: event.name)], in: transaction)
        }
        let consumer = try await Consumer([answer])
        let traceparent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"
        try await consumer.handle(
            greeting(offset: 1, id: "e1", more: [("traceparent", traceparent)]), greeting(offset: 2, id: "e2"))
        let causes = try await consumer.store.database.read { connection in
            try connection.query("SELECT cause_id, traceparent FROM outbox ORDER BY id") {
                Cause(id: try $0.text(0), traceparent: try $0.text(1))
            }
        }
        #expect(causes.map(\.id) == ["e1", "e2"])
        #expect(causes.first?.traceId == "0123456789abcdef0123456789abcdef")
        #expect(causes.last?.traceparent.utf8.count == 55)
        #expect(causes.last?.traceId != causes.first?.traceId)
    }

    @Test("Events that a policy publishes say which policy it was, and at which attempt where the first failed")
    func causedBy() async throws {
        let answer = Policy.whenever(Greeted.self, "porter.answer") { event, transaction in
            try Outbox.append([Parted(name: event.name)], in: transaction)
        }
        let hesitate = Policy.whenever(Greeted.self, "porter.hesitate") { event, transaction in
            guard try transaction.first("SELECT 1 FROM notes", [], { _ in true }) != nil else { throw Later() }
            try Outbox.append([Parted(name: event.name)], in: transaction)
        }
        let consumer = try await Consumer([answer, hesitate])
        try await consumer.handle(greeting(offset: 5, id: "e1"))
        try await consumer.store.database.write { try note("ready", in: $0) }
        try await consumer.handle(greeting(offset: 5, id: "e1"), greeting(offset: 6, id: "e2"))
        #expect(
            try await consumer.store.texts("SELECT cause_id || ' ' || caused_by FROM outbox ORDER BY id")
                == [
                    "e1 porter.answer, attempt 2", "e1 porter.hesitate, attempt 2", "e2 porter.answer",
                    "e2 porter.hesitate",
                ])
    }

    @Test("A policy that keeps records by their ids gets repetitions as well, and has no row in the inbox")
    func record() async throws {
        let keep = Policy.record("Greeted", "porter.keep") { payload, transaction in
            try note("\(payload.record.eventId) \(payload.record.time)", in: transaction)
        }
        #expect(keep.isProjection)
        let consumer = try await Consumer([keep])
        let record = greeting(id: "e1", more: [("ce_time", "2026-11-21T10:00:00+09:00")])
        try await consumer.handle(record, record)
        #expect(try await consumer.store.notes() == Array(repeating: "e1 2026-11-21T01:00:00.000Z", count: 2))
        #expect(try await consumer.store.count("inbox") == 0)
    }

    @Test("Two policies of one name are a programmer's error")
    func sameName() async {
        await #expect(processExitsWith: .failure) { _ = try await Consumer([.remember, .remember]) }
    }
}
