import Events
public import Persistence

/// Up to where one partition was handled: every record before `offset` was, or was gone before this service came.
public struct ReadMark: Sendable, Equatable {
    public var cluster: String
    public var topic: String
    public var partition: Int32
    public var offset: Int

    public init(cluster: String, topic: String, partition: Int32, offset: Int) {
        (self.cluster, self.topic, self.partition, self.offset) = (cluster, topic, partition, offset)
    }

    /// - Parameters:
    ///   - next: one past the last record that is done with, by partition.
    ///   - record: any of the batch; a poll returns records of one topic in one cluster.
    /// - Returns: nothing where the cluster is not known.
    static func all(_ next: [Int32: Int], like record: EventRecord?) -> [ReadMark] {
        guard let record, let cluster = record.cluster else { return [] }
        return next.map { ReadMark(cluster: cluster, topic: record.topic, partition: $0.key, offset: $0.value) }
    }
}

/// How far the service has read, in the same file as what it made of it: so both are restored, or lost, together.
///
/// A partition has one row. That of a cluster that was replaced makes room for that of the new one.
public enum ReadMarksTable {
    public static let migrations = [
        Migration(
            "read_marks", 1,
            [
                """
                CREATE TABLE read_marks (
                    topic TEXT NOT NULL, kafka_partition INTEGER NOT NULL, cluster TEXT NOT NULL,
                    kafka_offset INTEGER NOT NULL, PRIMARY KEY (topic, kafka_partition)) STRICT, WITHOUT ROWID
                """
            ])
    ]

    public static func read(in connection: any Connection) throws -> [ReadMark] {
        try connection.query("SELECT cluster, topic, kafka_partition, kafka_offset FROM read_marks") { row in
            ReadMark(
                cluster: try row.text(0), topic: try row.text(1), partition: Int32(clamping: try row.integer(2)),
                offset: try row.integer(3))
        }
    }

    /// Lets the next start read the topic from its beginning.
    static func forget(in transaction: Transaction) throws { try transaction.execute("DELETE FROM read_marks") }

    public static func write(_ marks: [ReadMark], in transaction: Transaction) throws {
        for mark in marks {
            try transaction.execute(
                """
                INSERT INTO read_marks (topic, kafka_partition, cluster, kafka_offset) VALUES ($1, $2, $3, $4)
                ON CONFLICT DO UPDATE SET cluster = excluded.cluster, kafka_offset = excluded.kafka_offset
                """,
                [.text(mark.topic), .integer(Int(mark.partition)), .text(mark.cluster), .integer(mark.offset)])
        }
    }
}
