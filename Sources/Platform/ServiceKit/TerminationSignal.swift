import Dispatch
import Foundation

/// Waits for SIGTERM or SIGINT instead of dying of it.
enum TerminationSignal {
    static func wait() async {
        let numbers = [SIGTERM, SIGINT]
        for number in numbers { signal(number, SIG_IGN) }  // A dispatch source sees signals that are ignored.
        let queue = DispatchQueue(label: "signals")
        let sources = numbers.map { DispatchSource.makeSignalSource(signal: $0, queue: queue) }
        var isFirst = true
        await withCheckedContinuation { continuation in
            // All handlers run on one serial queue, so `isFirst` has one user at a time.
            for source in sources {
                source.setEventHandler {
                    guard isFirst else { return }
                    isFirst = false
                    continuation.resume()
                }
                source.resume()
            }
        }
        for source in sources { source.cancel() }
    }
}
