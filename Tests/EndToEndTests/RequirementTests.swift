import Foundation
import Testing

extension EndToEndTests {
    /// One test per requirement, named after it, over HTTP against all services: one running system for all of them per
    /// setup and set of rules. Each test orders from a store of its own, so none sees what another one does.
    @Suite(.serialized, .sharedSystems) struct RequirementTests {
        /// Waits that a test can sit out.
        fileprivate static let settings = [
            "COOK_START_SECONDS": "2", "COOK_FINISH_SECONDS": "2", "RIDER_RETRY_SECONDS": "1",
        ]
        /// The rules that are not the default.
        static let otherRules = ["CANCEL_UNTIL": "acceptance", "COMPLETE_ON": "confirmation"]
        @TaskLocal fileprivate static var systems = SharedSystems()

        /// A store with no dishes yet, of the system of this setup.
        static func store(
            _ setup: Setup, capacity: Int = 0, lat: Double = OwnStore.busyLat, rules: [String: String] = [:]
        ) async throws -> OwnStore {
            let system = try await systems.system(on: setup, rules: rules)
            return try await OwnStore.open(in: system, capacity: capacity, lat: lat)
        }
    }
}

/// A system per setup and set of rules, started when the first test asks for it.
actor SharedSystems {
    private struct Kind: Hashable {
        var setup: Setup
        var rules: [String: String]
    }
    private var systems: [Kind: FoodSystem] = [:]

    /// The tests of the suite ask one after another.
    func system(on setup: Setup, rules: [String: String]) async throws -> FoodSystem {
        let kind = Kind(setup: setup, rules: rules)
        if let system = systems[kind] { return system }
        let system = try await FoodSystem.start(
            on: setup, environment: EndToEndTests.RequirementTests.settings.merging(rules) { _, new in new })
        systems[kind] = system
        return system
    }

    func stop() async { for system in systems.values { await system.stop() } }
}

/// Ends the systems when the last test of the suite has.
struct SharedSystemsTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let systems = SharedSystems()
        do {
            try await EndToEndTests.RequirementTests.$systems.withValue(systems) { try await function() }
        } catch { Issue.record(error) }
        await systems.stop()
    }
}

extension SuiteTrait where Self == SharedSystemsTrait {
    static var sharedSystems: SharedSystemsTrait { SharedSystemsTrait() }
}
