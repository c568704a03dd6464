import Foundation

/// A real Kafka of the test's own as a victim of faults.
final class OwnKafka: Victim {
    /// Where CI must not skip, the test starts and fails.
    static let isThereOrRequired = Repository.environment["KAFKA_HOME"] != nil || Repository.environment["CI"] == "true"

    let name = "kafka"
    let calm = 2.0...15.0
    let kills = 0.6
    private let node: KafkaNode

    init() throws { node = try KafkaNode.plain() }

    var bootstrap: String { node.address }

    /// - Throws: ``GiveUp`` when it does not answer.
    func start() async throws { try await node.start() }

    func kill() async -> String? {
        guard node.signal(0) else { return "it did not run" }
        await node.kill()
        return nil
    }

    func end() async -> String? { await failure(of: node.end) }

    func pause() { node.signal(SIGSTOP) }
    func resume() { node.signal(SIGCONT) }

    /// Ends it and removes its data.
    func stop() async { await node.remove() }
}
