import Dispatch

/// Runs C calls that wait for the network; the cooperative pool must never wait for librdkafka.
enum Blocking {
    private static let queue = DispatchQueue(label: "kafka-blocking", attributes: .concurrent)

    static func run<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }

    /// Waits without holding a thread, also when the task is cancelled.
    static func pause(milliseconds: Int) async {
        await withCheckedContinuation { continuation in
            queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { continuation.resume() }
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
