import Records

/// Notices that a topic was deleted and made again, by offsets that do not grow: everything that was in it is gone, and
/// librdkafka does not say so.
struct OffsetWatch {
    private var last: [TopicPartition: Int] = [:]
    /// How often that was noticed.
    private(set) var restarts = 0

    /// - Parameter offset: of a record that the broker has just stored, in the order of the partition; below 0 when it was
    ///   not told.
    mutating func note(_ offset: Int, in place: TopicPartition) {
        guard offset >= 0 else { return }
        if offset <= last[place] ?? -1 {
            restarts += 1
            last = last.filter { $0.key.topic != place.topic }  // The others go back as well, and say nothing new.
        }
        last[place] = offset
    }
}
