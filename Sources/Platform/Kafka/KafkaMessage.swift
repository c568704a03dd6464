public import Foundation

/// One name and its bytes; a name may occur more than once in a message.
public struct KafkaHeader: Sendable, Equatable {
    public var name: String
    public var value: Data

    public init(name: String, value: Data) { (self.name, self.value) = (name, value) }
    public init(_ name: String, _ value: String) { self.init(name: name, value: Data(value.utf8)) }
}

/// A message on its way to one topic.
public struct KafkaMessage: Sendable, Equatable {
    public var topic: String
    /// Messages with equal keys keep their order. `nil` spreads them over the partitions.
    public var key: Data?
    public var headers: [KafkaHeader]
    /// `nil` is a tombstone.
    public var payload: Data?

    public init(topic: String, key: Data?, headers: [KafkaHeader] = [], payload: Data?) {
        (self.topic, self.key, self.headers, self.payload) = (topic, key, headers, payload)
    }
}

/// One partition of one topic.
public struct TopicPartition: Sendable, Hashable {
    public var topic: String
    public var partition: Int32

    public init(_ topic: String, _ partition: Int32) { (self.topic, self.partition) = (topic, partition) }
}
