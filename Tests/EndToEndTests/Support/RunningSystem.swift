import Foundation
import Testing

/// What `make run` starts, on the ports of the source documents.
final class RunningSystem: Sendable {
    private let program: Program
    private let environment: [String: String]
    private let folder: URL

    /// - Parameters:
    ///   - portOffset: other than 0 keeps out of the way of what runs on the ports of the source documents.
    ///   - inBackground: as a script starts it with `&`, where SIGINT is ignored.
    static func start(portOffset: Int = 0, inBackground: Bool = false) async throws -> RunningSystem {
        let system = try RunningSystem(portOffset, inBackground)
        await eventually("everything is ready", within: .seconds(60)) {
            guard system.program.isRunning else {
                throw GiveUp(description: "deploy/run ended: \(system.program.tail)")
            }
            return system.program.output.contains("Ready after")
        }
        return system
    }

    private init(_ portOffset: Int, _ inBackground: Bool) throws {
        folder = try Repository.temporaryFolder()
        environment = Repository.environment.merging([
            "SKIP_BUILD": "1", "BIN_DIR": Repository.executables.path(percentEncoded: false), "DATA_DIR": folder.path(),
            "PORT_OFFSET": String(portOffset),
        ]) { _, new in new }.filter { $0.key != "KAFKA_BOOTSTRAP_SERVERS" }
        let script = Repository.root.appending(path: "deploy/run")
        program = try Program(
            "run", inBackground ? URL(filePath: "/bin/sh") : script,
            inBackground ? ["-c", "trap '' INT; exec \"$0\"", script.path()] : [], environment: environment,
            log: folder.appending(path: "run.log"))
    }

    /// `deploy/ctl`, as an operator uses it.
    func control(_ command: String...) async throws {
        _ = try await run(
            Repository.root.appending(path: "deploy/ctl").path(), command, environment: environment)
    }

    /// Ends the script alone, which has no chance to end anything else.
    func kill() async {
        program.signal(SIGKILL)
        #expect(await program.status() == -SIGKILL)
    }

    func stop() async {
        program.signal(SIGINT)
        #expect(await program.status(within: .seconds(30)) == 0)
        await shutDown()
    }

    /// Ends what is left, if anything, and removes its data.
    func shutDown() async {
        _ = try? await control("shutdown")
        try? FileManager.default.removeItem(at: folder)
    }
}
