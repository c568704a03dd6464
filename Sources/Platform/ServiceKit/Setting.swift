import Foundation

/// One environment variable that a process understands, stated once: its name, its default, what may stand there, and
/// what it is for. `--help` and the error about a wrong value say what may stand there by themselves.
public struct Setting<Value: Sendable>: AnySetting {
    public let name: String
    public let fallback: String
    public let help: String
    public let allowed: String?
    public let isSecret: Bool
    /// Completes "must be …".
    let expected: String
    let read: @Sendable (_ text: String) -> Value?

    /// - Parameters:
    ///   - fallback: used when the variable is unset or empty; empty means that there is none.
    ///   - expected: completes "must be …".
    ///   - allowed: for `--help`; `nil` where `help` says enough.
    ///   - read: `nil` when the text cannot be used.
    init(
        _ name: String, default fallback: String, _ help: String, expected: String, allowed: String? = nil,
        isSecret: Bool = false, read: @escaping @Sendable (_ text: String) -> Value?
    ) {
        (self.name, self.fallback, self.help) = (name, fallback, help)
        (self.expected, self.allowed, self.isSecret, self.read) = (expected, allowed, isSecret, read)
    }
}

/// A ``Setting`` of whatever type, for `--help`.
public protocol AnySetting: Sendable {
    var name: String { get }
    /// Used when the variable is unset or empty; empty means that there is none.
    var fallback: String { get }
    var help: String { get }
    /// The range or the choices; `nil` for a text.
    var allowed: String? { get }
    /// Whether it may be given by a file as well, which `<name>_FILE` names, and is never shown.
    var isSecret: Bool { get }
}

extension AnySetting {
    var nameOfFile: String { name + "_FILE" }
}

extension Setting where Value == String {
    /// Any text.
    public init(_ name: String, default fallback: String, _ help: String) {
        self.init(name, default: fallback, help, expected: "a text") { $0 }
    }

    /// A text that has no default, for example a key; read it only where the program cannot do without.
    public static func required(_ name: String, _ help: String) -> Setting {
        Setting(name, default: "", help, expected: "set") { $0.isEmpty ? nil : $0 }
    }

    /// A password or key; empty when it is not set.
    public static func secret(_ name: String, _ help: String) -> Setting {
        Setting(name, default: "", help, expected: "a text", isSecret: true) { $0 }
    }

    /// The same that has to be there; read it only where the program cannot do without.
    public static func requiredSecret(_ name: String, _ help: String) -> Setting {
        Setting(name, default: "", help, expected: "set", isSecret: true) { $0.isEmpty ? nil : $0 }
    }

    /// Scheme, host and port of an HTTP server, to which an absolute path can be appended.
    public static func serverURL(_ name: String, default fallback: String, _ help: String) -> Setting {
        let expected = "http:// or https:// with a host, perhaps a port, and nothing else"
        return Setting(name, default: fallback, help, expected: expected) { text in
            guard let parts = URLComponents(string: text, encodingInvalidCharacters: false),
                let scheme = parts.scheme, ["http", "https"].contains(scheme),
                let host = parts.percentEncodedHost, !host.isEmpty, !host.contains("%"),
                (1...65_535).contains(parts.port ?? 80),
                case let url = "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? ""),
                [url, url + "/"].contains(text)
            else { return nil }
            return url
        }
    }
}

extension Setting where Value == [String] {
    /// Texts separated by commas; spaces around them are not part of them.
    public static func list(_ name: String, default fallback: String, _ help: String) -> Setting {
        Setting(name, default: fallback, help, expected: "a list") { text in
            text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
    }
}

extension Setting where Value == Bool {
    public init(_ name: String, default fallback: Bool, _ help: String) {
        let expected = "true or false"
        self.init(name, default: "\(fallback)", help, expected: expected, allowed: expected) { text in
            switch text.lowercased() {
            case "true", "yes", "on", "1": true
            case "false", "no", "off", "0": false
            default: nil
            }
        }
    }
}

extension Setting where Value: FixedWidthInteger {
    public init(_ name: String, default fallback: Value, in range: ClosedRange<Value>, _ help: String) {
        let allowed = "\(range.lowerBound) to \(range.upperBound)"
        self.init(
            name, default: "\(fallback)", help, expected: "a whole number from \(allowed)", allowed: allowed
        ) { text in Value(text).flatMap { range.contains($0) ? $0 : nil } }
    }
}

extension Setting where Value == Duration {
    /// A whole number of `unit`, which belongs into the name of the variable.
    public init(
        _ name: String, default fallback: Int, in range: ClosedRange<Int>, unit: Duration, _ help: String
    ) {
        let number = Setting<Int>(name, default: fallback, in: range, help)
        self.init(name, default: number.fallback, help, expected: number.expected, allowed: number.allowed) { text in
            number.read(text).map { unit * $0 }
        }
    }
}

extension Setting {
    /// One of a few words, each with what it means.
    public init(
        _ name: String, default fallback: String, choices: [(word: String, value: Value)], _ help: String
    ) {
        let words = choices.map(\.word).joined(separator: ", ")
        self.init(name, default: fallback, help, expected: "one of \(words)", allowed: words) { text in
            choices.first { $0.word == text }?.value
        }
    }
}

extension Setting where Value: RawRepresentable<String> & CaseIterable {
    /// One of the type's raw values.
    public init(_ name: String, default fallback: Value, _ help: String) {
        self.init(name, default: fallback.rawValue, choices: Value.allCases.map { ($0.rawValue, $0) }, help)
    }
}
