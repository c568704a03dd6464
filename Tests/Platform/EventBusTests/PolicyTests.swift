import EventBus
import Foundation
import Persistence
import Testing

@Suite(.timeLimit(.minutes(1))) struct PolicyTests {
    private func react(_ policy: Policy, to payload: String) async throws {
        let database = try Database.open(url: "sqlite::memory:")
        do {
            try await database.write { try policy.react(EventPayload(Data(payload.utf8)), $0) }
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    @Test("A policy knows its name and its type, and whether it only keeps a view")
    func declared() {
        let reaction = Policy.whenever(Ticked.self, "walker.rest") { _, _ in }
        let view = Policy.project(Ticked.self, "walker.count") { _, _ in }
        #expect(reaction.name == "walker.rest")
        #expect(reaction.eventType == "Ticked")
        #expect([reaction, view].map(\.isProjection) == [false, true])
    }

    @Test("A reaction gets the decoded event", arguments: [false, true])
    func reaction(isView: Bool) async throws {
        try await confirmation { reacted in
            let react: @Sendable (Moved, Transaction) throws -> Void = { event, _ in
                if event == Moved(name: "Mia", steps: 3, place: .init(town: "x", lat: 1)) { reacted() }
            }
            let policy: Policy = isView ? .project(Moved.self, "p", into: react) : .whenever(Moved.self, "p", do: react)
            try await self.react(policy, to: #"{"name":"Mia","steps":3,"place":{"town":"x","lat":1}}"#)
        }
    }

    @Test("A payload that cannot be read never reaches the reaction")
    func unreadable() async {
        await confirmation(expectedCount: 0) { reacted in
            let policy = Policy.whenever(Moved.self, "p") { _, _ in reacted() }
            await #expect(throws: Undecodable.self) { try await react(policy, to: "{}") }
        }
    }

    @Test("A payload that several policies share is decoded for each event type that is asked for")
    func shared() throws {
        let payload = EventPayload(Data(#"{"name":"Mia","steps":3,"place":{"town":"x","lat":1}}"#.utf8))
        let expected = Moved(name: "Mia", steps: 3, place: .init(town: "x", lat: 1))
        #expect(try payload.decoded(Moved.self) == expected)
        #expect(try payload.decoded(Ticked.self) == Ticked())
        #expect(try payload.decoded(Moved.self) == expected)
        #expect(throws: Undecodable.self) { try payload.decoded(Turned.self) }
    }
}
