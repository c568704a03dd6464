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
