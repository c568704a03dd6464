import Foundation
import FreshDatabase

/// A PostgreSQL of the test's own, which it may kill.
final class OwnPostgreSQL: Victim {
    /// Where CI must not skip, the test starts and fails.
    static let isThereOrRequired =
        FileManager.default.fileExists(atPath: "/usr/lib/postgresql") || Repository.environment["CI"] == "true"

    let name = "postgresql"
    let calm = 4.0...20.0
    let kills = 0.7
    let url: String
    private let folder: URL
    private let port: String

    init() throws {
        folder = try Repository.temporaryFolder()
        port = String(try FreePorts.take(1)[0])
        url = "postgres://food@127.0.0.1:\(port)/postgres"
    }

    /// - Throws: ``GiveUp`` when it does not answer.
    func start() async throws {
        // What a process wrote outlives the process without it; these tests do not cut the power.
        let answer = try await script("start", port, "fsync=off")
        guard answer.contains(port) else { throw GiveUp(description: "no PostgreSQL on port \(port): \(answer)") }
    }

    func kill() async -> String? {
        await signal("KILL")
        return nil
    }

    func end() async -> String? { await failure(of: shutDown) }

    func pause() async { await signal("STOP") }
    func resume() async { await signal("CONT") }

    /// In order: sessions are ended, what they had not committed is undone.
    func shutDown() async throws { _ = try await script("stop") }

    /// Ends all sessions but those that look on.
    func cutSessions() throws {
        try FreshDatabase.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name IN ('writer', 'reader', 'leader')",
            on: url)
    }

    /// Ends it and removes its data.
    func stop() async {
        await signal("KILL")
        do { try FileManager.default.removeItem(at: folder) } catch { print("\(folder.path()) stays: \(error)") }
    }

    private func signal(_ name: String) async { _ = try? await script("signal", name) }

    private func script(_ verb: String, _ arguments: String...) async throws -> String {
        try await run(
            Repository.root.appending(path: "scripts/postgres").path(), [verb, folder.path()] + arguments)
    }
}
