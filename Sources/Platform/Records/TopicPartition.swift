/// One partition of one topic.
public struct TopicPartition: Sendable, Hashable {
    public var topic: String
    public var partition: Int

    public init(_ topic: String, _ partition: Int) { (self.topic, self.partition) = (topic, partition) }
}
