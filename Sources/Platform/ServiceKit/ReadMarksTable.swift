import Kafka
import Persistence

/// Keeps the consumer's ``ReadMarks`` in the service's database, however long the service is away.
struct ReadMarksTable: Sendable {
    let database: Database

    static let migrations = [
        Migration(
            "read_marks", 1,
            [
                """
                CREATE TABLE read_marks (
                    cluster TEXT NOT NULL, topic TEXT NOT NULL, kafka_partition INTEGER NOT NULL,
                    kafka_offset INTEGER NOT NULL, PRIMARY KEY (cluster, topic, kafka_partition)) STRICT, WITHOUT ROWID
                """
            ])
    ]

    func read() async throws -> ReadMarks {
        let rows = try await database.read { connection in
            try connection.query("SELECT cluster, topic, kafka_partition, kafka_offset FROM read_marks") { row in
                (row.text(0), TopicPartition(row.text(1), Int32(clamping: row.integer(2))), row.integer(3))
            }
        }
        var marks = ReadMarks()
        for (cluster, place, offset) in rows { marks.offsets[cluster, default: [:]][place] = offset }
        return marks
    }

    func write(_ marks: ReadMarks) async throws {
        try await database.write { transaction in
            for (cluster, offsets) in marks.offsets {
                for (place, offset) in offsets {
                    try transaction.execute(
                        """
                        INSERT INTO read_marks (cluster, topic, kafka_partition, kafka_offset) VALUES ($1, $2, $3, $4)
                        ON CONFLICT (cluster, topic, kafka_partition) DO UPDATE SET kafka_offset = excluded.kafka_offset
                        """,
                        [
                            .text(cluster), .text(place.topic), .integer(Int64(place.partition)), .integer(offset),
                        ])
                }
            }
        }
    }
}
