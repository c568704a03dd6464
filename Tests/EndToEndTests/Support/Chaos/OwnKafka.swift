import Foundation

/// A real Kafka of the test's own, which it may kill; found where `scripts/with-kafka` finds it.
final class OwnKafka: Victim {
    private static let script = Repository.root.deletingLastPathComponent().appending(path: "shared/kafka/kafka").path()

    /// Where CI must not skip, the test starts and fails.
    static var isThereOrRequired: Bool {
        let path = (Repository.environment["PATH"] ?? "").split(separator: ":")
        let hasJava = path.contains { FileManager.default.isExecutableFile(atPath: "\($0)/java") }
        let isThere = hasJava && FileManager.default.isExecutableFile(atPath: script)
        return isThere || Repository.environment["CI"] == "true"
    }

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
        let address = try await run(Self.script, ["start", folder.path(), port])
        guard address.contains(bootstrap) else {
            throw GiveUp(description: "no Kafka at \(bootstrap) started by \(Self.script): \(address)")
        }
    }

    func kill() async -> String? {
        guard await command("status").contains(bootstrap) else { return "it did not run" }
        _ = await command("kill")
        return nil
    }

    func pause() async { _ = await command("pause") }
    func resume() async { _ = await command("resume") }

    /// Ends it and removes its data.
    func stop() async {
        _ = await command("kill")
        do { try FileManager.default.removeItem(at: folder) } catch { print("\(folder.path()) stays: \(error)") }
    }

    /// What it says; nothing when it fails.
    private func command(_ verb: String) async -> String {
        (try? await run(Self.script, [verb, folder.path()])) ?? ""
    }
}
