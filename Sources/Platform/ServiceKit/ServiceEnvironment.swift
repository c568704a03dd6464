import Foundation

/// One environment variable that a process understands; the list of them is what `--help` prints.
public struct Setting: Sendable {
    public let name: String
    /// Used when the variable is unset or empty; empty means that there is none.
    public let fallback: String
    public let help: String

    public init(_ name: String, default fallback: String, _ help: String) {
        (self.name, self.fallback, self.help) = (name, fallback, help)
    }
}

/// The settings of one process, read once at its start.
public struct ServiceEnvironment: Sendable {
    private let values: [String: String]

    public init(_ values: [String: String]) { self.values = values }
    public static func process() -> ServiceEnvironment { .init(ProcessInfo.processInfo.environment) }

    /// A variable has a value that cannot be used; the process ends with this one line.
    public struct Invalid: Error, Equatable, CustomStringConvertible {
        public var description: String
    }

    public func text(_ setting: Setting) -> String {
        guard let value = values[setting.name], !value.isEmpty else { return setting.fallback }
        return value
    }

    public func list(_ setting: Setting) -> [String] {
        text(setting).split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    public func integer(_ setting: Setting, in range: ClosedRange<Int>) throws(Invalid) -> Int {
        guard let number = Int(text(setting)), range.contains(number) else {
            throw invalid(setting, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    public func boolean(_ setting: Setting) throws(Invalid) -> Bool {
        switch text(setting).lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw invalid(setting, "true or false")
        }
    }

    public func choice<Value: RawRepresentable<String> & CaseIterable>(_ setting: Setting, _: Value.Type)
        throws(Invalid) -> Value
    {
        guard let value = Value(rawValue: text(setting)) else {
            throw invalid(setting, "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return value
    }

    /// - Returns: scheme, host and port of an HTTP server; an absolute path can be appended.
    public func serverURL(_ setting: Setting) throws(Invalid) -> String {
        let text = text(setting)
        guard let parts = URLComponents(string: text, encodingInvalidCharacters: false),
            let scheme = parts.scheme, ["http", "https"].contains(scheme),
            let host = parts.percentEncodedHost, !host.isEmpty, !host.contains("%"),
            (1...65_535).contains(parts.port ?? 80),
            case let url = "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? ""), [url, url + "/"].contains(text)
        else { throw invalid(setting, "http:// or https:// with a host, perhaps a port, and nothing else") }
        return url
    }

    public func invalid(_ setting: Setting, _ expected: String) -> Invalid {
        Invalid(description: "\(setting.name) is '\(text(setting))' but must be \(expected)")
    }
}
