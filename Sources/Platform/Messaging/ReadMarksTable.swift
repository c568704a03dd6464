import Events
public import Persistence
public import Records

extension ReadMarks {
    /// Up to where a batch was handled.
    /// - Parameters:
    ///   - next: one past the last record that is done with, by partition.
    ///   - record: any of the batch; a poll returns records of one topic in one cluster.
    /// - Returns: nothing where the cluster is not known.
    init(_ next: [Int: Int], like record: EventRecord?) {
        self.init()
        guard let record, let cluster = record.cluster else { return }
        for (partition, offset) in next {
            marks[TopicPartition(record.topic, partition)] = Mark(cluster: cluster, offset: offset)
        }
    }
}

/// The database does not know any more what was committed to it: it was restored, or a standby took over that had not heard of
/// it. What was read since has to be read again.
public struct DatabaseWentBack: Error, CustomStringConvertible {
    public var description: String { "the database is behind what was written into it" }
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

    public static func read(in connection: any Connection) throws -> ReadMarks {
        let sql = "SELECT topic, kafka_partition, cluster, kafka_offset FROM read_marks"
        let marks = try connection.query(sql) { row in
            (
                TopicPartition(try row.text(0), try row.integer(1)),
                ReadMarks.Mark(cluster: try row.text(2), offset: try row.integer(3))
            )
        }
        return ReadMarks(Dictionary(uniqueKeysWithValues: marks))
    }

    /// - Throws: ``DatabaseWentBack`` when the table is behind `marks`, which were written into it before.
    static func require(_ marks: ReadMarks, in transaction: Transaction) throws {
        guard !marks.marks.isEmpty else { return }
        let found = try read(in: transaction)
        for (place, mark) in marks.marks where found.offset(place, in: mark.cluster) ?? -1 < mark.offset {
            throw DatabaseWentBack()
        }
    }

    /// Lets the next consumer read the topic from its beginning.
    public static func forget(in transaction: Transaction) throws { try transaction.execute("DELETE FROM read_marks") }

    /// Up to where records were handled. A mark never goes back in its cluster: who has lost a partition may write later than
    /// its new owner.
    public static func write(_ marks: ReadMarks, in transaction: Transaction) throws {
        let isAhead = "read_marks.cluster <> excluded.cluster OR read_marks.kafka_offset < excluded.kafka_offset"
        try set(marks, "\(upsert) WHERE \(isAhead)", in: transaction)
    }

    /// Where reading begins; further back than before in a topic that was made again.
    public static func begin(_ marks: ReadMarks, in transaction: Transaction) throws {
        try set(marks, upsert, in: transaction)
    }

    private static let upsert = """
        INSERT INTO read_marks (topic, kafka_partition, cluster, kafka_offset) VALUES ($1, $2, $3, $4)
        ON CONFLICT (topic, kafka_partition) DO UPDATE
        SET cluster = excluded.cluster, kafka_offset = excluded.kafka_offset
        """

    private static func set(_ marks: ReadMarks, _ sql: String, in transaction: Transaction) throws {
        for (place, mark) in marks.marks {
            try transaction.execute(
                sql, [.text(place.topic), .integer(place.partition), .text(mark.cluster), .integer(mark.offset)])
        }
    }
}
