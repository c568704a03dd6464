import Contracts
import Persistence
import ServiceTestSupport
import Testing

@testable import DeliveryService

/// Several who act on one delivery at the same moment: one of them is first, and the others find what it left.
@Suite("Races for a delivery", .timeLimit(.minutes(5))) struct RaceTests {
    @Test("Of fifty riders who accept at once exactly one wins, and all others are free")
    func fifty() async throws {
        for round in 0..<200 {
            let harness = try await DeliveryHarness.open(riders: 50)
            try await harness.deliver(accepted(ready: "2026-11-21T10:11:00Z"))
            try await harness.database.write { try $0.execute("UPDATE deliveries SET round = 6") }
            try await harness.pass(seconds: 60)
            let statuses = try await withThrowingTaskGroup { group in
                for rider in 1...50 {
                    group.addTask { try await harness.command("accept", rider: (rider + round) % 50 + 1).status }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 1, 409: 49])
            #expect(try await harness.offers(.accepted) == 1)
            #expect(try await harness.offers(.closed) == 49)
            #expect(try await harness.published("RiderAssigned").count == 1)
            #expect(try await harness.number("SELECT count(*) FROM riders WHERE free_cell IS NOT NULL") == 49)
            #expect(try await harness.wrongRiders() == 0)
        }
    }

    typealias Act = @Sendable (DeliveryHarness) async throws -> Void

    struct Race: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What was done before.
        var commands: [String] = []
        let acts: [Act]
        /// Seconds that pass before it.
        var after = 30
        /// Statuses that may be the end, each with what was told of it since both began.
        let ends: [String: [[String]]]
    }

    private static let accept: Act = { _ = try await $0.command("accept") }
    private static let release: Act = { _ = try await $0.command("release") }
    private static let cancel: Act = { try await $0.deliver(OrderCanceled(orderId: "a123", reason: "r")) }
    private static let deadline: Act = { try await $0.runDeadlines() }

    static let races = [
        Race(
            testDescription: "a rider accepts, the offer lapses", acts: [accept, deadline],
            ends: ["riderAssign": [["RiderAssigned"]], "riderOffer": [["RiderOffered", "RiderOffered"]]]),
        Race(
            testDescription: "a rider accepts, the order is canceled", acts: [accept, cancel],
            ends: ["deliveryCxl": [[], ["RiderAssigned"]]]),
        Race(
            testDescription: "a rider declines, the offer lapses",
            acts: [{ _ = try await $0.command("decline") }, deadline],
            ends: ["riderOffer": [["RiderOffered", "RiderOffered"]]]),
        Race(
            testDescription: "the search is given up, a rider accepts", acts: [accept, deadline], after: 3600,
            ends: [
                "riderAssign": [["RiderAssigned"]],
                "deliveryFail": [["RiderOffered", "RiderOffered", "DeliveryFailed"], ["DeliveryFailed"]],
            ]),
        Race(
            testDescription: "the rider picks up, and is released", commands: ["accept"],
            acts: [{ _ = try await $0.command("pick") }, deadline], after: 1800,
            ends: ["deliveryStart": [["Picked"]], "riderSearch": [["RiderReleased"]]]),
        Race(
            testDescription: "the rider gives it back, and picks it up", commands: ["accept"],
            acts: [release, { _ = try await $0.command("pick") }],
            ends: ["deliveryStart": [["Picked"]], "riderSearch": [["RiderReleased"]]]),
        Race(
            testDescription: "the rider gives it back, the order is canceled", commands: ["accept"],
            acts: [release, cancel], ends: ["deliveryCxl": [[], ["RiderReleased"]]]),
        Race(
            testDescription: "the rider gives it back, and is released", commands: ["accept"],
            acts: [release, deadline], after: 1800,
            ends: [
                "riderSearch": [["RiderReleased"]], "riderOffer": [["RiderReleased", "RiderOffered", "RiderOffered"]],
            ]),
        Race(
            testDescription: "the rider hands over, the order is canceled", commands: ["accept", "pick"],
            acts: [{ _ = try await $0.command("deliver") }, cancel],
            ends: ["deliveryCmplt": [["Delivered"]], "deliveryCxl": [[]]]),
        Race(
            testDescription: "the rider hands over, the food counts as lost", commands: ["accept", "pick"],
            acts: [{ _ = try await $0.command("deliver") }, deadline], after: 7200,
            ends: ["deliveryCmplt": [["Delivered"]], "deliveryFail": [["DeliveryFailed"]]]),
    ]

    @Test("They end as one after the other, in either order", arguments: races)
    func race(_ race: Race) async throws {
        for round in 0..<200 {
            let harness = try await DeliveryHarness.searching(riders: 3)
            try await harness.deliver(CookFinished(orderId: "a123"))
            for command in race.commands { #expect(try await harness.command(command).status == 200) }
            let before = try await harness.told().count
            harness.clock.advance(seconds: race.after)
            try await withThrowingTaskGroup { group in
                for act in round.isMultiple(of: 2) ? race.acts : race.acts.reversed() {
                    group.addTask { try await act(harness) }
                }
                try await group.waitForAll()
            }
            let status = try await harness.status() ?? "none"
            let told = Array(try await harness.told().dropFirst(before))
            #expect(race.ends[status]?.contains(told) == true, "\(status) \(told)")
            #expect(try await harness.wrongRiders() == 0)
            let isOffered = try await harness.offers(.open) > 0
            #expect(isOffered == (status == "riderOffer"))
        }
    }

    @Test("A rider who is near two stores is asked by one of them")
    func twoDeliveries() async throws {
        for _ in 0..<200 {
            let harness = try await DeliveryHarness.open(riders: 1)
            for order in ["a", "b"] { try await harness.deliver(accepted(order, ready: "2026-11-21T10:05:00Z")) }
            async let one: Void = harness.runDeadlines()
            async let other: Void = harness.runDeadlines()
            _ = try await (one, other)
            #expect(try await harness.offers(.open) == 1)
            #expect(Set([try await harness.status(1), try await harness.status(2)]) == ["riderOffer", "riderSearch"])
            #expect(try await harness.wrongRiders() == 0)
        }
    }
}
