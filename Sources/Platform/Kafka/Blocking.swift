import Dispatch
import Foundation

/// Runs C calls that wait for the network; the cooperative pool must never wait for librdkafka.
enum Blocking {
    /// On a thread of its own: dispatch's concurrent queues share theirs with Swift's pool, which would then be short
    /// of them. The calls are rare.
    static func run<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work()) }
        }
    }

    /// Returns when `work` is done or `timeout` has passed; then `work` goes on by itself.
    static func run(atMost timeout: Duration, _ work: @escaping @Sendable () -> Void) async {
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            work()
            done.signal()
        }
        await run { _ = done.wait(timeout: .now() + .milliseconds(Int(timeout.milliseconds))) }
    }

    /// Waits without holding a thread, also when the task is cancelled.
    static func pause(milliseconds: Int) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { continuation.resume() }
        }
    }
}

extension Duration {
    /// Rounded down; never more than a C `int` holds.
    var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}
