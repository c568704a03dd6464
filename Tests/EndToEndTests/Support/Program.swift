import Foundation
import Synchronization

/// One process that a test started and ends.
final class Program: Sendable {
    let name: String
    private let pid: pid_t
    private let log: URL
    private let end = End()

    /// How it ended; known to the thread that waits for it and to the program.
    private final class End: Sendable {
        /// As of ``waitForExit(_:)``; `nil` while it runs.
        let status = Mutex<Int32?>(nil)
        let reached = DispatchSemaphore(value: 0)
    }

    /// - Parameter log: receives everything the process writes; appended to.
    init(_ name: String, _ executable: URL, _ arguments: [String] = [], environment: [String: String], log: URL) throws
    {
        let output = open(log.path(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard output >= 0 else { throw GiveUp(description: "\(log.path()) cannot be written") }
        defer { close(output) }
        (self.name, self.log) = (name, log)
        pid = try spawn(executable.path(), arguments, environment: environment, output: output, errors: output)
        Thread { [pid, end] in
            let status = waitForExit(pid)
            end.status.withLock { $0 = status }
            end.reached.signal()
        }.start()
    }

    deinit { signal(SIGKILL) }

    var isRunning: Bool { end.status.withLock { $0 == nil } }

    /// Whether it holds a file of this name open.
    func hasOpen(_ file: String) -> Bool {
        let folder = "/proc/\(pid)/fd/"
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return descriptors.contains { descriptor in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: folder + descriptor)
            return target?.hasSuffix("/" + file) == true
        }
    }

    /// Whether it handles or ignores the signal, so that this no longer ends it by itself.
    func takes(_ number: Int32) -> Bool {
        let data = try? FileHandle(forReadingFrom: URL(filePath: "/proc/\(pid)/status")).readToEnd()
        return String(decoding: data ?? Data(), as: UTF8.self).split(separator: "\n").contains { line in
            guard line.hasPrefix("SigCgt:") || line.hasPrefix("SigIgn:") else { return false }
            return (UInt64(line.suffix(16), radix: 16) ?? 0) >> UInt64(number - 1) & 1 == 1
        }
    }

    /// Does nothing when it has ended.
    func signal(_ number: Int32) {
        end.status.withLock { if $0 == nil { kill(pid, number) } }
    }

    /// Waits for the end.
    /// - Returns: the exit status, or the number of the signal that ended it, negated; `nil` when it still runs.
    func status(within duration: Duration = .seconds(20)) async -> Int32? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [end] in
                let waited = end.reached.wait(timeout: .now() + Double(duration.components.seconds))
                if waited == .success { end.reached.signal() }  // For the next one who asks.
                continuation.resume()
            }
        }
        return end.status.withLock { $0 }
    }

    /// What it wrote so far. With a handle, as `String(contentsOf:)` leaks its buffer when the file grows meanwhile.
    var output: String {
        let written = try? FileHandle(forReadingFrom: log).readToEnd()
        return String(decoding: written ?? Data(), as: UTF8.self)
    }

    /// The last lines of it.
    var tail: String { output.split(separator: "\n").suffix(15).joined(separator: "\n") }
}

/// Runs a command to its end.
/// - Returns: what it wrote to stdout.
func run(
    _ command: String, _ arguments: [String], environment: [String: String] = [:]
) async throws -> String {
    let environment = Repository.environment.merging(environment) { _, new in new }
    let output = Pipe()
    for end in [output.fileHandleForReading, output.fileHandleForWriting] {
        _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)  // A program that stays must not hold it open.
    }
    let pid = try spawn(
        command, arguments, environment: environment, output: output.fileHandleForWriting.fileDescriptor, errors: nil)
    try output.fileHandleForWriting.close()
    let data = await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
            let data = output.fileHandleForReading.readDataToEndOfFile()
            _ = waitForExit(pid)
            continuation.resume(returning: data)
        }
    }
    return String(decoding: data, as: UTF8.self)
}
