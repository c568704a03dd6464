import Foundation
import Testing

/// A real Kafka of the test's own, which it may kill; started from `KAFKA_HOME`.
final class OwnKafka: Victim {
    /// Where CI must not skip, the test starts and fails.
    static let isThereOrRequired = Repository.environment["KAFKA_HOME"] != nil || Repository.environment["CI"] == "true"

    let name = "kafka"
    let calm = 2.0...15.0
    let kills = 0.6
    let bootstrap: String
    private let folder: URL
    private let port: String

    init() throws {
        folder = try Repository.temporaryFolder()
        // The second port is its controller's.
        port = String(try FreePorts.takePair())
        bootstrap = "127.0.0.1:\(port)"
    }

    /// - Throws: ``GiveUp`` when it does not answer.
    func start() async throws {
        let script = Repository.root.appending(path: "scripts/kafka").path()
        let address = try await run(script, ["start", folder.path(), port])
        guard address.contains(bootstrap) else {
            throw GiveUp(description: "no Kafka at \(bootstrap): \(address)")
        }
    }

    func kill() async -> String? {
        guard signal(SIGKILL) else { return "it did not run" }
        await eventually("Kafka has ended") { !signal(0) }
        return nil
    }

    func pause() { signal(SIGSTOP) }
    func resume() { signal(SIGCONT) }

    /// Ends it and removes its data.
    func stop() async {
        _ = await kill()
        do { try FileManager.default.removeItem(at: folder) } catch { print("\(folder.path()) stays: \(error)") }
    }

    /// - Returns: whether there was somebody to take it.
    @discardableResult private func signal(_ signal: Int32) -> Bool {
        let file = try? String(contentsOf: folder.appending(path: "pid"), encoding: .utf8)
        guard let process = file.flatMap({ pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) }) else {
            return false
        }
        return Foundation.kill(process, signal) == 0
    }
}
