import Foundation

/// SIGTERM and SIGINT as requests to stop: once one of these is made, they no longer end the process.
///
/// A handler notes them from the first instant on. Blocking them for a thread that waits would not do: Swift's
/// asynchronous main leaves its thread to libdispatch, which unblocks all signals there (sigsuspend), and a dispatch
/// source is set up some time after it is made.
public struct StopSignals: Sendable {
    /// - Throws: ``NoDescriptor``.
    public init() throws(NoDescriptor) {
        guard note.reading >= 0 else { throw NoDescriptor() }
        var both = sigset_t()
        sigemptyset(&both)
        for number in [SIGTERM, SIGINT] {
            signal(number) { _ in takeNote() }  // Stays, and restarts what it interrupts, signal(2).
            sigaddset(&both, number)
        }
        pthread_sigmask(SIG_UNBLOCK, &both, nil)  // Whoever started the process may have had them blocked.
    }

    /// The process has too many files open to hear of signals.
    public struct NoDescriptor: Error, CustomStringConvertible {
        public var description: String { "there is no descriptor left for the signals" }
    }

    /// Blocks until one of them came; returns at once when that was before.
    public func wait() {
        var watch = pollfd(fd: note.reading, events: Int16(POLLIN), revents: 0)
        while poll(&watch, 1, -1) < 1 {}  // Interrupted, perhaps by what it waits for.
    }
}

/// A pipe that is readable once a signal has come; never read nor closed, and made by the check before the handler is
/// set. -1 for want of descriptors.
private let note: (reading: Int32, writing: Int32) = {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return (-1, -1) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)  // The handler must not wait, however many signals come.
    return (ends[0], ends[1])
}()

/// Runs in the handler: only what signal-safety(7) allows. A string in place of the byte would be allocated as it is
/// passed, perhaps in the middle of another allocation.
private func takeNote() {
    let interrupted = errno
    var byte: UInt8 = 1
    _ = write(note.writing, &byte, 1)
    errno = interrupted
}
