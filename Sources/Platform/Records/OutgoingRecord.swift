public import Foundation

/// A record to be written to a topic.
public struct OutgoingRecord: Sendable, Equatable {
    public var topic: String
    /// Records with equal keys keep their order. `nil` spreads them over the partitions.
    public var key: Data?
    public var headers: [RecordHeader]
    /// `nil` is a tombstone.
    public var payload: Data?

    public init(topic: String, key: Data?, headers: [RecordHeader] = [], payload: Data?) {
        (self.topic, self.key, self.headers, self.payload) = (topic, key, headers, payload)
    }
}
