public import Foundation

/// A record to be written to a topic.
public struct OutgoingRecord: Sendable {
    public var topic: String
    public var key: Data?
    public var headers: [EventRecord.Header]
    public var payload: Data?

    public init(topic: String, key: Data?, headers: [EventRecord.Header], payload: Data?) {
        (self.topic, self.key, self.headers, self.payload) = (topic, key, headers, payload)
    }
}

/// Why the broker did not take a record.
public struct PublishFailure: Error, Sendable, Equatable {
    public var reason: String
    /// Too large, not authorised …: no later attempt can succeed.
    public var isPermanent: Bool
    public init(reason: String, isPermanent: Bool) { (self.reason, self.isPermanent) = (reason, isPermanent) }
}

/// Writes to the topic; Kafka in production, memory in tests.
public protocol EventPublisher: Sendable {
    /// Sends all records, those of one key in order.
    /// - Returns: one result per record, when the broker has answered for every one: `nil` is "stored".
    func publish(_ records: [OutgoingRecord]) async -> [PublishFailure?]
    /// Names the cluster behind the address; `nil` when nobody answers. Another name than before means that the topic
    /// started empty.
    func clusterId() async -> String?
}
