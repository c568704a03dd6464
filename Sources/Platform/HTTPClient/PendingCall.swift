import Synchronization
import Time

/// A request on its way to the transfer thread, with the task that waits for it.
struct PendingCall: Sendable {
    var request: ClientRequest
    var origin: String
    var traceparent: String?
    /// Nanoseconds of `MonotonicTime`.
    var deadline: Int64
    var ticket: CallTicket
    /// Resumed exactly once, by the transfer thread, or by `send` when the mailbox was closed.
    var continuation: CheckedContinuation<ClientResponse, any Error>
}

/// Lets a cancellation, which knows no more than the ticket, find its call.
///
/// Only the transfer thread reads and writes the place; it is atomic because the ticket itself is shared.
final class CallTicket: Sendable {
    enum Place: Equatable { case unknown, cancelled, waiting, running(slot: Int), finished }

    private let code = Atomic<Int>(-1)

    var place: Place {
        get {
            switch code.load(ordering: .relaxed) {
            case -1: .unknown
            case -2: .cancelled
            case -3: .waiting
            case -4: .finished
            case let slot: .running(slot: slot)
            }
        }
        set { code.store(Self.code(of: newValue), ordering: .relaxed) }
    }

    private static func code(of place: Place) -> Int {
        switch place {
        case .unknown: -1
        case .cancelled: -2
        case .waiting: -3
        case .finished: -4
        case .running(let slot): slot
        }
    }
}
