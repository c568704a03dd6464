import CCurl
import Foundation
import Telemetry
import Time

/// Sends HTTP/1.1 requests over kept-alive connections; all transfers run on one thread of its own.
///
/// No redirects, no proxy, no cookies, no retry of what is not idempotent. Close it, or drop it, to end the thread.
public final class HTTPClient: Sendable {
    public struct Configuration: Sendable {
        /// Further requests to the same scheme, host and port wait, first come first served.
        public var connectionsPerHost = 64
        /// Requests that may wait for a connection in all; more are refused at once with `.overloaded`.
        public var maximumWaiting = 1024
        /// Name resolution, TCP and TLS.
        public var connectTimeout: Duration = .milliseconds(300)
        /// From `send` to the last byte of the answer, for requests that do not say.
        public var timeout: Duration = .milliseconds(1000)
        /// Bytes; a longer answer fails its request.
        public var maximumResponseBody = 1 << 20
        /// Whole seconds; a connection unused for longer is not used again. Keep it below the servers' own limit, so
        /// that no request meets a connection that is just being closed.
        public var idleConnectionLifetime: Duration = .seconds(20)

        public init() {}
    }

    private static let libcurl = curl_global_init(ccurl_global_all)

    private let timeout: Int64
    private let mailbox: Mailbox
    private let thread: TransferThread

    /// - Throws: ``HTTPClientError`` when the system gives no memory, descriptor or thread.
    public init(_ configuration: Configuration = Configuration()) throws(HTTPClientError) {
        guard Self.libcurl == CURLE_OK else { throw HTTPClientError(.other, "curl_global_init: \(Self.libcurl)") }
        let mailbox = try Mailbox()
        let loop = try TransferLoop(configuration, mailbox)
        (self.mailbox, timeout) = (mailbox, configuration.timeout.nanoseconds)
        thread = try TransferThread { loop.run() }
    }

    deinit { close() }

    /// Waits for the complete answer, whatever its status; cancelling the task aborts the transfer.
    ///
    /// - Throws: ``HTTPClientError`` when there is no complete answer, `CancellationError` when the task was cancelled.
    public func send(_ request: ClientRequest) async throws -> ClientResponse {
        let origin = try request.checkedOrigin()
        let (deadline, isEndless) = MonotonicTime.now().addingReportingOverflow(
            request.timeout?.nanoseconds ?? timeout)
        let ticket = CallTicket()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let call = PendingCall(
                    request: request, origin: origin, traceparent: Cause.current?.traceparent,
                    deadline: isEndless ? .max : deadline, ticket: ticket, continuation: continuation)
                if !mailbox.post(.start(call)) {
                    continuation.resume(throwing: HTTPClientError(.closed, "the client was closed"))
                }
            }
        } onCancel: {
            _ = mailbox.post(.cancel(ticket))  // A closed mailbox has failed, or is failing, the call already.
        }
    }

    /// Fails the requests that are under way with `.closed` and waits for the thread to end; a few milliseconds.
    ///
    /// Idempotent; blocks the calling thread. Later requests fail with `.closed`.
    public func close() {
        mailbox.close()
        thread.join()
    }
}
