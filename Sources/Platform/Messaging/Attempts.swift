import Events
import Synchronization

/// How often the record at the head of a partition has failed.
final class Attempts: Sendable {
    /// After so many attempts a record that "may succeed later" goes to the dead letters after all.
    static let limit = 10

    private struct Head: Sendable {
        var offset: Int
        var count: Int
    }
    private let heads = Mutex<[Int: Head]>([:])

    /// Failed attempts so far; 0 for a record that is met for the first time.
    func count(_ record: EventRecord) -> Int {
        heads.withLock { $0[record.partition].flatMap { $0.offset == record.offset ? $0.count : nil } ?? 0 }
    }

    /// Notes one more failed attempt.
    func note(_ record: EventRecord) {
        let before = count(record)
        heads.withLock { $0[record.partition] = Head(offset: record.offset, count: before + 1) }
    }

    /// Forgets the record, but not another one that is at the head by now.
    func clear(_ record: EventRecord) {
        heads.withLock { heads in
            if heads[record.partition]?.offset == record.offset { heads[record.partition] = nil }
        }
    }
}
