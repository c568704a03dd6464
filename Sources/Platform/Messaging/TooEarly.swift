/// A policy cannot react yet, because what the event builds on has not been heard of: the event waits, with this policy,
/// and is tried again when something else of its key has happened. Other policies and records go on.
public struct TooEarly: Error, Equatable, CustomStringConvertible {
    /// What is missing, for the operator; without values.
    public var description: String

    public init(_ missing: String) { description = missing }
}
