public import Foundation
public import Records
public import Time

/// A record as it came from the topic, nothing in it checked yet.
public struct EventRecord: Sendable, Equatable {
    /// The id of the Kafka cluster; `nil` where that is not known.
    public var cluster: String?
    public var topic: String
    public var partition: Int
    public var offset: Int
    /// The broker's or the producer's.
    public var timestamp: Timestamp
    /// `nil` is legal: other publishers may set none.
    public var key: Data?
    public var headers: [RecordHeader]
    /// `nil` is a tombstone, a legal record.
    public var payload: Data?

    public init(
        cluster: String? = nil, topic: String, partition: Int, offset: Int,
        timestamp: Timestamp = Timestamp(milliseconds: 0),
        key: Data? = nil, headers: [RecordHeader] = [], payload: Data? = nil
    ) {
        (self.cluster, self.topic, self.partition, self.offset) = (cluster, topic, partition, offset)
        self.timestamp = timestamp
        (self.key, self.headers, self.payload) = (key, headers, payload)
    }

    /// The last header of that name, as Kafka clients agree on.
    public func header(_ name: String) -> Data? { headers.last { $0.name == name }?.value }
    public func text(_ name: String) -> String? { header(name).flatMap { String(data: $0, encoding: .utf8) } }

    /// Where the record is, as no other record ever is: offsets start anew when a cluster is replaced.
    public var position: String {
        let place = "\(topic)/\(partition)/\(offset)"
        return cluster.map { "\($0)/\(place)" } ?? place
    }

    /// The inbox key: `ce_id`, or the record's position where a publisher sets no id.
    public var eventId: String {
        if let id = text("ce_id"), !id.isEmpty, id.utf8.count <= 255 { return id }
        return position
    }

    /// When the fact became true, by its publisher's clock; the record's own time where a publisher says none.
    public var time: Timestamp { text("ce_time").flatMap(Timestamp.init(rfc3339:)) ?? timestamp }

    public var type: String? { EventHeaders.type(header("type")) }
}
