import Events
import Foundation
import FreshDatabase
import Messaging
import Persistence
import Testing
import Time

@Suite(.timeLimit(.minutes(5))) struct PolicyTests {
    private func record(_ payload: String) -> EventRecord {
        EventRecord(
            topic: "walks", partition: 1, offset: 2, timestamp: Timestamp(milliseconds: 3), payload: Data(payload.utf8))
    }

    private func react(_ policy: Policy, to payload: String) async throws {
        let database = try Database.open(url: FreshDatabase.url())
        do {
            try await database.write { try policy.react(EventPayload(of: record(payload)), $0) }
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    @Test("A policy knows its name and its type, and whether it only keeps a view")
    func declared() {
        let reaction = Policy.whenever(Parted.self, "walker.rest") { _, _ in }
        let view = Policy.project(Parted.self, "walker.count") { _, _ in }
        #expect(reaction.name == "walker.rest")
        #expect(reaction.eventType == "Parted")
        #expect([reaction, view].map(\.isProjection) == [false, true])
    }

    @Test("A reaction gets the decoded event", arguments: [false, true])
    func reaction(isView: Bool) async throws {
        try await confirmation { reacted in
            let react: @Sendable (Greeted, Transaction) throws -> Void = { event, _ in
                if event == Greeted(name: "Mia") { reacted() }
            }
            let policy: Policy =
                isView ? .project(Greeted.self, "p", into: react) : .whenever(Greeted.self, "p", do: react)
            try await self.react(policy, to: #"{"name":"Mia"}"#)
        }
    }

    @Test("A notice gets the event with its id and its time, and publishes nothing")
    func notice() async throws {
        try await confirmation { noted in
            let policy = Policy.notice(Greeted.self, "p") { event, record, _ in
                if event.name == "Mia", record.eventId == "walks/1/2", record.time.milliseconds == 3 { noted() }
            }
            #expect(policy.isProjection)
            try await react(policy, to: #"{"name":"Mia"}"#)
        }
    }

    @Test("A payload that cannot be read never reaches the reaction")
    func unreadable() async {
        await confirmation(expectedCount: 0) { reacted in
            let policy = Policy.whenever(Greeted.self, "p") { _, _ in reacted() }
            await #expect(throws: Undecodable.self) { try await react(policy, to: "{}") }
        }
    }
}
