import Foundation
import Testing

extension EndToEndTests {
    /// One test per requirement, named after it, over HTTP against all services: one running system for all of them per
    /// broker. Each test orders from a store of its own, so none sees what another one does.
    @Suite(.serialized, .sharedSystems) struct RequirementTests {
        /// The embedded broker, and the real Kafka that `KAFKA_TEST_BOOTSTRAP` names.
        static let brokers: [String?] = Repository.environment["KAFKA_TEST_BOOTSTRAP"].map { [nil, $0] } ?? [nil]

        /// Waits that a test can sit out.
        fileprivate static let settings = ["COOK_START_SECONDS": "2", "COOK_FINISH_SECONDS": "2"]
        @TaskLocal fileprivate static var systems = SharedSystems()

        /// A store with no dishes yet, of the system on this broker.
        static func store(_ broker: String?, capacity: Int = 0) async throws -> OwnStore {
            try await OwnStore.open(in: systems.system(on: broker), capacity: capacity)
        }
    }
}

/// A system per broker, started when the first test asks for it.
actor SharedSystems {
    private var systems: [String?: FoodSystem] = [:]

    /// The tests of the suite ask one after another.
    func system(on broker: String?) async throws -> FoodSystem {
        if let system = systems[broker] { return system }
        let system = try await FoodSystem.start(
            kafka: broker, environment: EndToEndTests.RequirementTests.settings)
        systems[broker] = system
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
