import Dispatch
import Foundation

/// Turns SIGTERM and SIGINT into an orderly return, from the moment it is made.
struct StopSignals {
    private let arrived = DispatchSemaphore(value: 0)
    private let sources: [any DispatchSourceSignal]

    init() {
        sources = [SIGTERM, SIGINT].map { [arrived] number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { arrived.signal() }
            source.resume()
            return source
        }
    }

    /// Blocks until one of them came.
    func wait() { arrived.wait() }
}
