import Foundation
import HTTPClient
import Persistence
import Synchronization
import Testing

extension EndToEndTests {
    /// How far a service is behind, as it says itself and as Kafka's own tool says.
    @Suite(.serialized, .enabled(if: OwnKafka.isThereOrRequired, "KAFKA_HOME names no Kafka to start"))
    struct KafkaLagTests {
        @Test("The lag that a service reports is that of the group, but for the records in its hands")
        func lag() async throws {
            let kafka = try KafkaNode.plain()
            do {
                try await kafka.start()
                let system = try await FoodSystem.start(kafka: kafka.address)
                await caughtUp(system, kafka)
                let lock = Lock(on: system)
                await eventually("the store cannot write") { lock.isHeld }
                #expect(try await system.order("l-0").status == 201)
                await eventually("the store has taken the first records into its hands") {
                    await system.program(.store)?.output.contains("Events could not be handled, trying again") == true
                }
                let (group, store) = (try await groupLag(kafka), try await storeLag(system))
                #expect(group > store)
                for number in 1...50 { #expect(try await system.order("l-\(number)").status == 201) }
                for service in [FoodSystem.Service.order, .payment] {
                    await eventually("\(service) has published") {
                        try await system.metric(service, "outbox_pending") == 0
                    }
                }
                let later = try await groupLag(kafka)
                #expect(later >= group + 100)
                await eventually("the store has heard of as many more") {
                    try await storeLag(system) - store == later - group
                }
                lock.release()
                await caughtUp(system, kafka)
                #expect(try await system.total(.store, "orderManages") == 51)
                await system.stop()
            } catch { Issue.record(error) }
            await kafka.remove()
        }

        private func caughtUp(_ system: FoodSystem, _ kafka: KafkaNode) async {
            await eventually("nothing is left to read") {
                let (group, store) = (try await groupLag(kafka), try await storeLag(system))
                return group == 0 && store == 0
            }
        }

        private func storeLag(_ system: FoodSystem) async throws -> Int {
            Int(try await system.metric(.store, "kafka_consumer_fetch_manager_records_lag"))
        }

        private func groupLag(_ kafka: KafkaNode) async throws -> Int {
            var rows: [[Substring]] = []
            await eventually("Kafka's tool knows of the group") {
                let text = try await kafka.tool("groups", "--describe", "--group", "store")
                rows = text.split(separator: "\n").map { $0.split(separator: " ") }
                return rows.contains { $0.first == "GROUP" }
            }
            let header = try #require(rows.first { $0.first == "GROUP" })
            let column = try #require(header.firstIndex(of: "LAG"))
            let end = try #require(header.firstIndex(of: "LOG-END-OFFSET"))
            // Of a partition that the group has committed nothing for, everything is left.
            return rows.filter { $0.first == "store" }.compactMap { Int($0[column]) ?? Int($0[end]) }.reduce(0, +)
        }
    }
}

/// Keeps the store from writing, while it reads and answers.
private final class Lock: Sendable {
    private let held = Atomic(false)
    private let released = DispatchSemaphore(value: 0)

    var isHeld: Bool { held.load(ordering: .acquiring) }

    init(on system: FoodSystem) {
        let file = system.folder.appending(path: "store.db").path()
        Task {
            do {
                let database = try Database.open(url: "sqlite:\(file)", readers: 1)
                try await database.write { _ in
                    self.held.store(true, ordering: .releasing)
                    self.released.wait()
                }
                await database.close()
            } catch { Issue.record(error) }
        }
    }

    func release() { released.signal() }
}
