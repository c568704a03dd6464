import EventBus
import Synchronization

/// How often the record at the head of a partition has failed.
final class Attempts: Sendable {
    /// After so many attempts a record that "may succeed later" goes to the dead letters after all.
    static let limit = 10

    private struct Head: Sendable {
        var offset: Int64
        var count: Int
    }
    private let heads = Mutex<[Int32: Head]>([:])

    /// - Returns: the number of failed attempts, this one included.
    func add(_ record: EventRecord) -> Int {
        heads.withLock { heads in
            let before = heads[record.partition].flatMap { $0.offset == record.offset ? $0.count : nil } ?? 0
            heads[record.partition] = Head(offset: record.offset, count: before + 1)
            return before + 1
        }
    }

    func clear(_ record: EventRecord) {
        heads.withLock { if !$0.isEmpty { $0[record.partition] = nil } }
    }
}
