import Records
import Time

/// Partitions whose next record failed for now: what comes from them is dropped until the record is read again.
///
/// Dropping and seeking back keeps memory bounded however long a partition stands still.
struct RetryPauses {
    private struct Pause {
        var place: TopicPartition
        var offset: Int
        var until: ContinuousClock.Instant
    }
    private var pauses: [Int: Pause] = [:]
    private var failures: [Int: (offset: Int, count: Int)] = [:]
    private var generation = 0

    /// Forgets everything when partitions have moved: their records come again by themselves.
    mutating func enter(generation current: Int) {
        guard generation != current else { return }
        self = RetryPauses()
        generation = current
    }

    func contains(_ partition: Int) -> Bool { pauses[partition] != nil }

    /// 100 ms at the first failure of a record, doubling to 5 s, ± 25 % so that services do not retry in step.
    mutating func add(
        _ topic: String, _ partition: Int, _ offset: Int, at now: ContinuousClock.Instant = .now
    ) {
        let before = failures[partition].flatMap { $0.offset == offset ? $0.count : nil } ?? 0
        failures[partition] = (offset, before + 1)
        let wait = Double(min(5_000, 100 << min(before, 6))) * Double.random(in: 0.75...1.25)
        pauses[partition] = Pause(
            place: TopicPartition(topic, partition), offset: offset, until: now + .milliseconds(wait))
    }

    /// The partitions to read again now, and from where.
    mutating func due(at now: ContinuousClock.Instant = .now) -> [(TopicPartition, Int)] {
        guard !pauses.isEmpty else { return [] }
        let due = pauses.filter { $0.value.until <= now }
        for partition in due.keys { pauses[partition] = nil }
        return due.values.map { ($0.place, $0.offset) }
    }
}
