import Foundation

/// The environment of one process, read once at its start: `try environment[Self.answerWithin]`.
public struct ServiceEnvironment: Sendable {
    private let values: [String: String]

    public init(_ values: [String: String]) { self.values = values }
    public static func process() -> ServiceEnvironment { .init(ProcessInfo.processInfo.environment) }

    /// A variable has a value that cannot be used; the process ends with this one line.
    public struct Invalid: Error, Equatable, CustomStringConvertible {
        public var description: String
    }

    public subscript<Value>(setting: Setting<Value>) -> Value {
        get throws(Invalid) {
            let text = try text(of: setting)
            guard let value = setting.read(text) else {
                let shown = setting.isSecret && !text.isEmpty ? "a secret" : "'\(text)'"
                throw Invalid(description: "\(setting.name) is \(shown) but must be \(setting.expected)")
            }
            return value
        }
    }

    private func text(of setting: any AnySetting) throws(Invalid) -> String {
        if setting.isSecret, let file = values[setting.nameOfFile], !file.isEmpty {
            guard !has(setting) else {
                throw Invalid(description: "\(setting.name) and \(setting.nameOfFile) are both set")
            }
            guard let data = FileManager.default.contents(atPath: file),
                let text = String(data: data, encoding: .utf8)
            else { throw Invalid(description: "\(setting.nameOfFile) is '\(file)' but must be a file to be read") }
            return text.last?.isNewline == true ? String(text.dropLast()) : text
        }
        return has(setting) ? values[setting.name, default: ""] : setting.fallback
    }

    /// Whether the variable is set, and not to nothing.
    func has(_ setting: any AnySetting) -> Bool { values[setting.name]?.isEmpty == false }
}
