/// A fact that one bounded context tells the others.
public protocol Event: Codable, Sendable {
    /// The Kafka header `type`. Written out by hand: renaming the Swift type must not change the wire.
    static var type: String { get }
    /// The Kafka key. Events with the same key stay in order.
    var key: String { get }
    /// What is wrong with the members, as far as their types do not say it; empty when consumers can work with them. An
    /// event that somebody else wrote is as little trusted as a request.
    var violations: [String] { get }
}

extension Event {
    public var violations: [String] { [] }
}
