import Events
import Persistence

/// What the broker's answers mean for rows of the outbox.
struct Settlement {
    private(set) var published: [Int] = []
    /// Rows that are parked, with the reason.
    private(set) var refused: [(id: Int, reason: String)] = []

    var isEmpty: Bool { published.isEmpty && refused.isEmpty }

    /// Adds the answers for rows of one lane. What follows a row that failed for now is not settled, even when the
    /// broker has it: it goes out again behind that row, and the inboxes drop the repeats.
    mutating func add(_ rows: [OutboxRow], _ results: [PublishFailure?]) {
        for (row, failure) in zip(rows, results) {
            guard let failure else {
                published.append(row.id)
                continue
            }
            guard failure.isPermanent else { return }
            refused.append((row.id, failure.reason))
        }
    }

    /// The first row that has to go out again.
    static func firstFailure(_ rows: [OutboxRow], _ results: [PublishFailure?]) -> (OutboxRow, PublishFailure)? {
        for (row, failure) in zip(rows, results) {
            if let failure, !failure.isPermanent { return (row, failure) }
        }
        return nil
    }

    /// - Returns: how many rows it marked.
    func write(in transaction: Transaction) throws -> Int {
        for (id, reason) in refused { try OutboxRow.park(id, reason: reason, in: transaction) }
        return try published.isEmpty ? 0 : OutboxRow.markPublished(published, in: transaction)
    }
}
