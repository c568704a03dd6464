import Foundation

/// A moment of the wall clock, to the millisecond.
public struct Timestamp: Sendable, Hashable {
    /// Since 1970-01-01 UTC.
    public var milliseconds: Int

    /// The clock that domain code is given, so that tests can set it.
    public typealias Clock = @Sendable () -> Timestamp

    public init(milliseconds: Int) { self.milliseconds = milliseconds }

    @Sendable public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
    }
}

extension Timestamp: Comparable {
    public static func < (one: Timestamp, other: Timestamp) -> Bool { one.milliseconds < other.milliseconds }

    /// Stays at the end of time rather than trap.
    public static func + (time: Timestamp, duration: Duration) -> Timestamp {
        let (sum, isTooMuch) = time.milliseconds.addingReportingOverflow(duration.milliseconds)
        return Timestamp(milliseconds: isTooMuch ? (duration < .zero ? .min : .max) : sum)
    }

    public static func - (time: Timestamp, duration: Duration) -> Timestamp { time + (.zero - duration) }

    public static func - (end: Timestamp, start: Timestamp) -> Duration {
        .milliseconds(end.milliseconds) - .milliseconds(start.milliseconds)
    }
}

extension Duration {
    /// Whole ones; what is finer is cut off. Saturates after 292 million years.
    public var milliseconds: Int {
        if self >= .milliseconds(Int.max) { return .max }
        if self <= .milliseconds(Int.min) { return .min }
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
