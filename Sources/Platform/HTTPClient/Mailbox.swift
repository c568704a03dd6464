import CCurl
import Foundation
import Synchronization

/// Carries commands from any thread to the transfer thread, with at most one wake-up for all that wait.
final class Mailbox: Sendable {
    enum Command: Sendable {
        case start(PendingCall)
        case cancel(CallTicket)
    }

    private struct State {
        var commands: [Command] = []
        var isReaderAsleep = false
        var isClosed = false
    }

    /// An eventfd; its owner is this object.
    let descriptor: Int32
    private let state = Mutex(State())

    init() throws(HTTPClientError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw HTTPClientError(.other, "eventfd: errno \(errno)") }
    }

    deinit { Foundation.close(descriptor) }

    /// - Returns: `false` when the mailbox is closed; the command was not taken.
    func post(_ command: Command) -> Bool {
        let (taken, wake) = state.withLock { state -> (Bool, Bool) in
            guard !state.isClosed else { return (false, false) }
            state.commands.append(command)
            defer { state.isReaderAsleep = false }
            return (true, state.isReaderAsleep)
        }
        if wake { wakeReader() }
        return taken
    }

    /// Takes no more commands; those already taken are still read.
    func close() {
        state.withLock { $0.isClosed = true }
        wakeReader()
    }

    enum Mail { case commands, nothing, closed }

    /// For the one reader: moves what waits into `commands`, which must be empty.
    ///
    /// After `.nothing` the reader must go to sleep on `descriptor`: the next `post` will wake it.
    func read(into commands: inout [Command]) -> Mail {
        state.withLock { state in
            swap(&state.commands, &commands)
            state.isReaderAsleep = commands.isEmpty
            if !commands.isEmpty { return .commands }
            return state.isClosed ? .closed : .nothing
        }
    }

    /// Edge-triggered on the other side, so the counter never has to be read (epoll(7), eventfd(2)).
    private func wakeReader() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }
}
