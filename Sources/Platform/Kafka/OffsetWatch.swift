import CRdKafka
import Records
import Synchronization

/// Notices that a topic was deleted and made again, by offsets that do not grow: everything that was in it is gone, and
/// librdkafka does not say so.
final class OffsetWatch: Sendable {
    private struct State {
        var last: [TopicPartition: Int] = [:]
        var restarts = 0
    }

    private let state = Mutex(State())

    /// How often that was noticed.
    var restarts: Int { state.withLock(\.restarts) }

    /// The last one of each partition.
    var last: [TopicPartition: Int] {
        get { state.withLock(\.last) }
        set { state.withLock { $0.last = newValue } }
    }

    /// - Parameter message: that a broker has just stored; those of one partition in its order.
    func note(_ message: rd_kafka_message_t) {
        guard let topic = message.rkt.flatMap({ rd_kafka_topic_name($0) }) else { return }
        note(Int(message.offset), in: TopicPartition(String(cString: topic), Int(message.partition)))
    }

    /// - Parameter offset: below 0 when the broker did not tell.
    func note(_ offset: Int, in place: TopicPartition) {
        guard offset >= 0 else { return }
        state.withLock { state in
            if offset <= state.last[place] ?? -1 {
                state.restarts += 1
                // The others go back as well, and say nothing new.
                state.last = state.last.filter { $0.key.topic != place.topic }
            }
            state.last[place] = offset
        }
    }
}
