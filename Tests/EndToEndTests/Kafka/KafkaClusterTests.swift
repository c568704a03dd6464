import Checkout
import Foundation
import HTTPClient
import Testing

extension EndToEndTests {
    /// What a cluster of several brokers goes through.
    @Suite(.serialized, .enabled(if: OwnKafka.isThereOrRequired, "KAFKA_HOME names no Kafka to start"))
    struct KafkaClusterTests {
        private static let topics = [
            "KAFKA_PARTITIONS": "6", "KAFKA_REPLICATION_FACTOR": "3", "KAFKA_MIN_INSYNC_REPLICAS": "2",
        ]

        @Test(
            "Of three brokers one after another, then two, are away while orders are placed: nothing is lost or doubled"
        )
        func threeBrokers() async throws {
            let nodes = try KafkaNode.cluster(of: 3)
            do {
                try await start(nodes)
                let bootstrap = nodes.map(\.address).joined(separator: ",")
                let system = try await FoodSystem.start(kafka: bootstrap, environment: Self.topics)
                try await checkTopics(of: system, at: nodes[0])
                let customers = Customers(system)
                customers.start(4)
                try await loseOneAfterAnother(nodes, system, customers)
                await customers.stop()
                let ids = try await loseTwo(nodes, system)
                let books = Books(system: system)
                await books.settle()
                try await books.check(acknowledged: customers.acknowledged.union(ids))
                await system.stop()
            } catch { Issue.record(error) }
            for node in nodes { await node.remove() }
        }

        private func start(_ nodes: [KafkaNode]) async throws {
            try await withThrowingTaskGroup { group in
                for node in nodes { group.addTask { try await node.start() } }
                try await group.waitForAll()
            }
        }

        private func checkTopics(of system: FoodSystem, at node: KafkaNode) async throws {
            for topic in [system.topic, "error.\(system.topic).store"] {
                let text = try await node.tool("topics", "--describe", "--topic", topic)
                for part in ["PartitionCount: 6", "ReplicationFactor: 3", "min.insync.replicas=2"] {
                    #expect(text.contains(part), "\(text)")
                }
            }
        }

        /// The first is killed, the second stands still, the third stops in order.
        private func loseOneAfterAnother(
            _ nodes: [KafkaNode], _ system: FoodSystem, _ customers: Customers
        ) async throws {
            var moved: Set<Int> = []
            for (index, node) in nodes.enumerated() {
                let (id, other) = (index + 1, nodes[(index + 1) % 3])
                let before = try await other.partitions(of: system.topic)
                #expect(before.count == 6)
                moved.formUnion(before.filter { $0.value.leader == id }.keys)
                switch index {
                case 0: await node.kill()
                case 1: node.signal(SIGSTOP)
                default: try await node.end()
                }
                await eventually("others lead what broker \(id) led") {
                    let now = try await other.partitions(of: system.topic)
                    return now.count == 6 && now.values.allSatisfy { $0.leader != id && $0.leader > 0 }
                }
                let count = customers.acknowledged.count
                await eventually("orders go on without broker \(id)") { customers.acknowledged.count > count + 10 }
                if index == 1 { node.signal(SIGCONT) } else { try await node.start() }
                await eventually("broker \(id) has caught up") {
                    try await other.partitions(of: system.topic).values.allSatisfy { $0.inSync.count == 3 }
                }
            }
            #expect(moved == Set(0..<6), "every partition's leader has moved")
        }

        /// One broker is no majority: nothing can be stored.
        /// - Returns: the orders placed meanwhile.
        private func loseTwo(_ nodes: [KafkaNode], _ system: FoodSystem) async throws -> Set<String> {
            await Books(system: system).publish()
            for node in nodes.prefix(2) { await node.kill() }
            let ids = Set((1...20).map { "two-away-\($0)" })
            for id in ids { #expect(try await system.order(id).status == 201) }
            #expect(try await system.metric(.order, "outbox_pending") >= 20)
            for service in FoodSystem.Service.all {
                #expect(try await system.get(service, "actuator/health/readiness").status == 200)
            }
            try await start(Array(nodes.prefix(2)))
            return ids
        }
    }
}
