import Events
import Time

/// Which pending rows may go out now: those of a lane that is held up wait, in order, and no other does.
///
/// A lane has at most one batch on its way. Rows that are met in the meantime are passed over, and the first of them is
/// remembered: from there the lane is read again when it is free. So a lane that stands still costs one id, however
/// many of its rows wait in the database.
struct OutboxLanes {
    private struct Line {
        var isSending = false
        /// The first row that was passed over, or that the broker did not take.
        var behind: Int?
        var failures = 0
        var pausedUntil: ContinuousClock.Instant?

        var isFree: Bool { !isSending && pausedUntil == nil }
    }

    /// Lanes about which there is something to know.
    private var lines: [EventLane: Line] = [:]
    /// Every pending row up to here is on its way, or in a lane that is behind.
    private(set) var front: Int = 0

    /// - Returns: the first row of the lanes that were held up and may go on; `nil` when there are none.
    mutating func begin(at now: ContinuousClock.Instant = .now) -> Int? {
        for (lane, var line) in lines {
            if let pause = line.pausedUntil, pause <= now { line.pausedUntil = nil }
            // What is beyond the front is met there.
            if line.isFree, let behind = line.behind, behind > front { line.behind = nil }
            lines[lane] = line.isFree && line.behind == nil && line.failures == 0 ? nil : line
        }
        if lines.isEmpty { lookFromStart() }
        return lines.values.lazy.filter(\.isFree).compactMap(\.behind).min()
    }

    /// After this every pending row is met again.
    mutating func lookFromStart() {
        front = 0
        for lane in lines.keys { lines[lane]?.behind = nil }
    }

    /// How long nothing can change by itself; `nil` when only a new row or an answer can change something.
    func idleTime(at now: ContinuousClock.Instant = .now) -> Duration? {
        lines.values.compactMap(\.pausedUntil).min().map { $0 - now }
    }

    // MARK: - Rows that were met

    /// Meets a row up to the front once more, on the way from ``begin(at:)``. It may be in another lane than when it was
    /// met first: the partitions of a topic may have become known since.
    /// - Returns: whether the row may go out.
    mutating func meetAgain(_ id: Int, of lane: EventLane) -> Bool {
        guard let line = lines[lane] else { return true }
        if line.isFree, line.behind ?? id <= id { return true }
        lines[lane]?.behind = min(id, line.behind ?? id)
        return false
    }

    /// - Parameter id: the last row that was met; `nil` when all up to the front were.
    mutating func caughtUp(through id: Int?) {
        for (lane, line) in lines {
            guard line.isFree, let behind = line.behind else { continue }
            lines[lane]?.behind = id.map { max(behind, $0 + 1) }
        }
    }

    /// Moves the front to a row.
    /// - Returns: whether the row may go out.
    mutating func meet(_ id: Int, of lane: EventLane) -> Bool {
        front = id
        guard let line = lines[lane], !line.isFree || line.behind != nil else { return true }
        lines[lane]?.behind = min(id, line.behind ?? id)
        return false
    }

    // MARK: - Batches on their way

    mutating func send(_ lane: EventLane) { lines[lane, default: Line()].isSending = true }

    mutating func succeed(_ lane: EventLane) {
        lines[lane]?.isSending = false
        lines[lane]?.failures = 0
    }

    /// Holds the lane up from row `id` on: 50 ms, doubling to 2 s.
    /// - Returns: whether it is the first failure in a row.
    @discardableResult
    mutating func fail(_ lane: EventLane, from id: Int, at now: ContinuousClock.Instant = .now) -> Bool {
        var line = lines[lane] ?? Line()
        line.isSending = false
        line.behind = min(id, line.behind ?? id)
        line.failures += 1
        line.pausedUntil = now + .milliseconds(min(2_000, 25 << min(line.failures, 7)))
        lines[lane] = line
        return line.failures == 1
    }
}
