public import Records

/// Why the broker did not take a record.
public struct PublishFailure: Error, Sendable, Equatable {
    public var reason: String
    /// Too large, not authorised …: no later attempt can succeed.
    public var isPermanent: Bool
    public init(reason: String, isPermanent: Bool) { (self.reason, self.isPermanent) = (reason, isPermanent) }
}

/// Records that wait for one another: what keeps one of them from being stored keeps the later ones too, and no others.
public struct EventLane: Hashable, Sendable {
    public var topic: String
    /// `nil` for records that any partition may get.
    public var partition: Int?
    public init(topic: String, partition: Int?) { (self.topic, self.partition) = (topic, partition) }
}

/// Writes to the topic; Kafka in production, memory in tests.
public protocol EventPublisher: Sendable {
    /// Where `record` stands in line. Records of one key are in one lane, as long as this object lives.
    func lane(of record: OutgoingRecord) -> EventLane
    /// Sends all records, those of one key in order.
    /// - Returns: one result per record, when the broker has answered for every one: `nil` is "stored".
    func publish(_ records: [OutgoingRecord]) async -> [PublishFailure?]
    /// How often a topic turned out to have been deleted and made again: what was published before is gone.
    var topicRestarts: Int { get }
    /// The last offset that the broker gave in each partition, or, until then, that ``remember(_:)`` was told.
    var lastOffsets: [TopicPartition: Int] { get }
    /// Goes on from what another publisher was told, as topics are made again while nobody publishes, too.
    func remember(_ offsets: [TopicPartition: Int])
    /// Names the cluster behind the address; `nil` when nobody answers. Another name than before means that the topic
    /// started empty.
    func clusterId() async -> String?
}
