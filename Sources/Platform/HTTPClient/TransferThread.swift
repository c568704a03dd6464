import Foundation
import Synchronization

/// A thread that can be joined, which `Foundation.Thread` can not.
final class TransferThread: Sendable {
    private let thread: pthread_t
    /// pthread_join(3) may be called once.
    private let isJoined = Atomic(false)
    private let ended = DispatchGroup()

    /// Runs `body` on a thread of its own, where SIGPIPE is blocked: TLS writes can raise it (`CURLOPT_NOSIGNAL`).
    init(_ body: sending @escaping () -> Void) throws(HTTPClientError) {
        // The new thread ends the +1, or this function when there is none.
        let context = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, runBody, context.toOpaque())
        guard code == 0 else {
            context.release()
            throw HTTPClientError(.other, "pthread_create: \(code)")
        }
        self.thread = thread
        ended.enter()
    }

    /// Waits for the end of the thread; a second caller waits as well.
    func join() {
        guard !isJoined.exchange(true, ordering: .relaxed) else { return ended.wait() }
        pthread_join(thread, nil)
        ended.leave()
    }
}

private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
}

private func runBody(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
