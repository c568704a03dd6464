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
            let text = has(setting) ? values[setting.name, default: ""] : setting.fallback
            guard let value = setting.read(text) else {
                throw Invalid(description: "\(setting.name) is '\(text)' but must be \(setting.expected)")
            }
            return value
        }
    }

    /// Whether the variable is set, and not to nothing.
    func has(_ setting: any AnySetting) -> Bool { values[setting.name]?.isEmpty == false }
}
