import Foundation
import Synchronization

/// One process that a test started and ends.
///
/// `@unchecked Sendable`: `process` is configured before it runs; after that only its thread-safe members are used.
final class Program: @unchecked Sendable {
    let name: String
    private let process = Process()
    private let log: URL
    private let exited = DispatchSemaphore(value: 0)

    /// - Parameter log: receives everything the process writes; appended to.
    init(_ name: String, _ executable: URL, _ arguments: [String] = [], environment: [String: String], log: URL) throws
    {
        (self.name, self.log) = (name, log)
        if !FileManager.default.fileExists(atPath: log.path()) {
            _ = FileManager.default.createFile(atPath: log.path(), contents: nil)
        }
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        // Swift's threads block most signals, and a child inherits that; `env` undoes it and becomes the program.
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["--default-signal", executable.path()] + arguments
        process.environment = environment
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        process.terminationHandler = { [exited] _ in exited.signal() }
        try process.run()
        try output.close()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var isRunning: Bool { process.isRunning }
    var pid: pid_t { process.processIdentifier }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for the end.
    /// - Returns: the exit status, or the number of the signal that ended it, negated; `nil` when it still runs.
    func status(within duration: Duration = .seconds(20)) async -> Int32? {
        let ended = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [exited] in
                let result = exited.wait(timeout: .now() + Double(duration.components.seconds))
                if result == .success { exited.signal() }  // For the next one who asks.
                continuation.resume(returning: result == .success)
            }
        }
        guard ended else { return nil }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    /// The last lines it wrote.
    var tail: String {
        guard let text = try? String(contentsOf: log, encoding: .utf8) else { return "" }
        return text.split(separator: "\n").suffix(15).joined(separator: "\n")
    }
}

/// Runs a command to its end.
/// - Returns: what it wrote to stdout.
func run(
    _ command: String, _ arguments: [String], environment: [String: String] = [:]
) async throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.environment = Repository.environment.merging(environment) { _, new in new }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
            continuation.resume(returning: output.fileHandleForReading.readDataToEndOfFile())
        }
    }
    return String(decoding: data, as: UTF8.self)
}
