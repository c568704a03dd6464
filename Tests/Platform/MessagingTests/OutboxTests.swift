import Events
import Foundation
import FreshDatabase
import Persistence
import Telemetry
import Testing
import Time

@testable import Messaging

/// What a transaction leaves in the outbox.
@Suite(.timeLimit(.minutes(5))) struct OutboxTests {
    private let store: TestDatabase

    init() async throws { store = try await TestDatabase() }

    @Test("Events of a transaction that commits wait for the broker, in their order")
    func commit() async throws {
        try await store.append(Greeted(name: "Mia"), Parted(name: "Mia"))
        #expect(try await store.texts("SELECT type FROM outbox ORDER BY id") == ["Greeted", "Parted"])
        #expect(try await store.backlog().pending == 2)
    }

    @Test("Events of a transaction that rolls back leave nothing")
    func rollback() async throws {
        await #expect(throws: Later.self) {
            try await store.database.write { transaction in
                try Outbox.append([Greeted(name: "Mia")], in: transaction)
                throw Later()
            }
        }
        #expect(try await store.count("outbox") == 0)
    }

    @Test("Events of a savepoint that is undone leave nothing")
    func savepoint() async throws {
        try await store.database.write { transaction in
            try Outbox.append([Greeted(name: "Mia")], in: transaction)
            try? transaction.savepoint {
                try Outbox.append([Greeted(name: "Leo")], in: transaction)
                throw Later()
            }
        }
        #expect(try await store.texts("SELECT key FROM outbox") == ["Mia"])
    }

    @Test("An event keeps the time and the cause of its transaction")
    func timeAndCause() async throws {
        let cause = Cause(id: "request-1", continuing: nil)
        try await Cause.$current.withValue(cause) { try await store.append(Greeted(name: "Mia")) }
        let row = try await store.database.read { connection in
            try connection.first("SELECT created_at, cause_id, traceparent, payload FROM outbox") {
                (
                    time: try $0.time(0), cause: Cause(id: try $0.text(1), traceparent: try $0.text(2)),
                    payload: try $0.text(3)
                )
            }
        }
        #expect(row?.time == store.clock.now())
        #expect(row?.cause == cause)
        #expect(row?.payload == #"{"eventType":"Greeted","timestamp":1000000,"name":"Mia"}"#)
    }

    @Test("Every event has an id of its own, and ids grow")
    func ids() async throws {
        for _ in 0..<20 { try await store.append(Greeted(name: "Mia"), Greeted(name: "Mia")) }
        let ids = try await store.texts("SELECT event_id FROM outbox ORDER BY id")
        #expect(Set(ids).count == 40)
        #expect(ids == ids.sorted())
    }

    @Test("No events queue nothing")
    func none() async throws {
        try await store.database.write { try Outbox.append([], in: $0) }
        #expect(try await store.count("outbox") == 0)
    }

    @Test("The backlog tells what waits, since when, and what was given up")
    func backlog() async throws {
        #expect(try await store.backlog() == OutboxBacklog(pending: 0, parked: 0, oldest: nil))
        try await store.append(Greeted(name: "published"))
        try await store.append(Greeted(name: "parked"))
        store.clock.advance(by: 5)
        try await store.append(Greeted(name: "oldest"))
        store.clock.advance(by: 5)
        try await store.append(Greeted(name: "newest"))
        try await store.database.write { transaction in
            try transaction.execute("UPDATE outbox SET published_at = 1 WHERE id = 1")
            try transaction.execute("UPDATE outbox SET parked_reason = 'x' WHERE id = 2")
        }
        #expect(
            try await store.backlog()
                == OutboxBacklog(pending: 2, parked: 1, oldest: Timestamp(milliseconds: 1_000_005)))
    }

    @Test(
        "What is asked all the time looks at no more rows than it has to", .enabled(if: FreshDatabase.isSQLite),
        arguments: [
            "SELECT id FROM outbox WHERE published_at IS NULL AND parked_reason IS NULL ORDER BY id LIMIT 9",
            "SELECT count(*) FROM outbox WHERE published_at IS NULL AND parked_reason IS NULL",
            "SELECT count(*) FROM outbox WHERE parked_reason IS NOT NULL",
            "SELECT name, key FROM deadlines WHERE due_up <= 5 ORDER BY due_up LIMIT 9",
            "SELECT policy, event_id FROM inbox WHERE received_at < 5 ORDER BY received_at LIMIT 9",
        ])
    func indexes(sql: String) async throws {
        let plan = try await store.database.read { try $0.query("EXPLAIN QUERY PLAN " + sql) { try $0.text(3) } }
        #expect(plan.allSatisfy { $0.contains("USING") && $0.contains("INDEX") && !$0.contains("TEMP") }, "\(plan)")
    }
}
