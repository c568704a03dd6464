import Synchronization
import Telemetry
public import Time

/// A clock that stands still until it is told to move.
public final class TestClock: Sendable {
    private let time: Mutex<Timestamp>
    private let jumped = Mutex(Duration.zero)

    /// - Parameter start: 2026-11-21T10:00:00Z unless told.
    public init(_ start: Timestamp = Timestamp(milliseconds: 1_795_255_200_000)) { time = Mutex(start) }

    public var now: Timestamp { time.withLock { $0 } + jumped.withLock { $0 } }
    public var read: Timestamp.Clock { { self.now } }
    /// Of one start of the machine.
    public var uptime: Uptime {
        Uptime(boot: "harness") { .milliseconds(self.time.withLock { $0 }.milliseconds) }
    }
    public func advance(seconds: Int) { advance(.seconds(seconds)) }
    public func advance(milliseconds: Int) { advance(.milliseconds(milliseconds)) }
    public func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
    /// Somebody sets the date, and no time goes by.
    public func jump(_ duration: Duration) { jumped.withLock { $0 += duration } }
}

/// Holds up whoever passes until it is opened, and tells when somebody is held up.
public actor Gate {
    private var isOpen = false
    private var arrivals = 0
    private var held: [CheckedContinuation<Void, Never>] = []
    private var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    public init() {}

    public func pass() async {
        arrivals += 1
        for watcher in watchers where watcher.count <= arrivals { watcher.continuation.resume() }
        watchers.removeAll { $0.count <= arrivals }
        guard !isOpen else { return }
        await withCheckedContinuation { held.append($0) }
    }

    /// Returns when `count` have arrived.
    public func arrived(_ count: Int = 1) async {
        guard arrivals < count else { return }
        await withCheckedContinuation { watchers.append((count, $0)) }
    }

    public func open() {
        isOpen = true
        for continuation in held { continuation.resume() }
        held = []
    }
}
