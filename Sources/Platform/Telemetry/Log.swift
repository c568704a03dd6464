import Foundation
import JSONCoding
import Synchronization
import Time

/// Writes one line per event to stderr: JSON for machines, plain text when stderr is a terminal.
///
/// Messages are English sentences without values; values go into the fields, so that lines can be grouped.
/// Never put payloads, addresses or telephone numbers into a field.
public struct Log: Sendable {
    public enum Level: String, Sendable, CaseIterable, Comparable {
        case debug, info, warning, error

        public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }
        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    public enum Format: String, Sendable, CaseIterable { case json, text }

    private let service: String
    private let minimum: Level
    private let format: Format
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - format: `nil` chooses text when stderr is a terminal.
    ///   - write: receives each finished line with its newline; called from any thread.
    public init(
        service: String, minimum: Level = .info, format: Format? = nil,
        write: @escaping @Sendable (String) -> Void = Log.standardError
    ) {
        self.service = service
        self.minimum = minimum
        self.format = format ?? (isatty(STDERR_FILENO) == 1 ? .text : .json)
        self.write = write
    }

    /// Drops everything; for tests that do not look at the log.
    public static let silent = Log(service: "silent", minimum: .error, format: .json, write: { _ in })

    public func debug(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) { log(.debug, message, fields) }
    public func info(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) { log(.info, message, fields) }
    public func warning(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        log(.warning, message, fields)
    }
    public func error(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) { log(.error, message, fields) }

    public func log(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, String>) {
        guard level >= minimum else { return }
        let time = Timestamp.now().rfc3339
        let trace = Cause.current.map { [("traceId", $0.traceId)] } ?? []
        let all = trace + fields.map { ($0.key, $0.value) }
        switch format {
        case .text:
            let tail = all.map { " \($0.0)=\($0.1)" }.joined()
            write("\(time) \(level.rawValue.uppercased()) [\(service)] \(message)\(tail)\n")
        case .json:
            let line = JSONObject.text {
                $0.add("time", time)
                $0.add("level", level.rawValue)
                $0.add("service", service)
                $0.add("message", message)
                for (name, value) in all { $0.add(name, value) }
            }
            write(String(decoding: line, as: UTF8.self) + "\n")
        }
    }

    /// One `write(2)` per line, so lines of several threads do not mix.
    public static let standardError: @Sendable (String) -> Void = { line in
        var line = line
        line.withUTF8 { bytes in _ = Foundation.write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
    }
}
