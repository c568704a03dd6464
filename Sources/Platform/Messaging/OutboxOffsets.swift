import Persistence
import Records

/// The last offset that the broker gave in each partition: whoever publishes next notices by it that a topic was made again
/// meanwhile.
enum OutboxOffsets {
    static func read(in connection: any Connection) throws -> [TopicPartition: Int] {
        let rows = try connection.query("SELECT topic, kafka_partition, kafka_offset FROM outbox_offsets") {
            (TopicPartition(try $0.text(0), try $0.integer(1)), try $0.integer(2))
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    static func write(_ offsets: [TopicPartition: Int], in transaction: Transaction) throws {
        for (place, offset) in offsets {
            try transaction.execute(
                """
                INSERT INTO outbox_offsets (topic, kafka_partition, kafka_offset) VALUES ($1, $2, $3)
                ON CONFLICT (topic, kafka_partition) DO UPDATE SET kafka_offset = excluded.kafka_offset
                """, [.text(place.topic), .integer(place.partition), .integer(offset)])
        }
    }

    static func forget(in transaction: Transaction) throws { try transaction.execute("DELETE FROM outbox_offsets") }
}
