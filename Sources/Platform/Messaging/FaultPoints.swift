import Foundation
import Synchronization

/// Named places where a crash test may kill the process, as a power cut would.
///
/// Armed with `FAULT_POINT=<name>` or `<name>:<n>` for the n-th time the place is reached.
public final class FaultPoints: Sendable {
    public enum Name: String, CaseIterable, Sendable {
        /// State and events are committed, nothing is published yet.
        case afterCommit = "outbox.afterCommit"
        /// The broker has the events, the outbox does not know it yet.
        case afterPublish = "outbox.afterPublish"
        /// A policy has committed, the topic's offset is not stored yet.
        case beforeOffsetStore = "inbox.beforeOffsetStore"
    }

    private let armed: Name?
    private let remaining: Mutex<Int>

    /// Nothing is armed.
    public static let none = FaultPoints(nil, at: 0)

    private init(_ armed: Name?, at count: Int) {
        self.armed = armed
        remaining = Mutex(count)
    }

    /// - Returns: `nil` when `text` is neither `<name>` nor `<name>:<n>` with n ≥ 1.
    public convenience init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = Name(rawValue: String(parts[0])) else { return nil }
        guard parts.count == 2 else {
            self.init(name, at: 1)
            return
        }
        guard let count = Int(parts[1]), count >= 1 else { return nil }
        self.init(name, at: count)
    }

    /// Does nothing unless this place is armed; then the process is gone at the n-th call.
    public func reach(_ name: Name) {
        guard name == armed else { return }
        let isDue = remaining.withLock { count in
            count -= 1
            return count == 0
        }
        if isDue { kill(getpid(), SIGKILL) }
    }
}
