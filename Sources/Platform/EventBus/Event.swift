/// A fact that one bounded context tells the others.
public protocol Event: Codable, Sendable {
    /// The Kafka header `type`. Written out by hand: renaming the Swift type must not change the wire.
    static var type: String { get }
    /// The Kafka key. Events with the same key stay in order.
    var key: String { get }
}
