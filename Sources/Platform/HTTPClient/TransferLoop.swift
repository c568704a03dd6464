import CCurl
import Foundation
import Time

/// The event loop of one client: libcurl's multi handle driven by epoll, on one thread.
///
/// `curl_multi_socket_action` touches only the transfers that have something to do, where `curl_multi_perform` and
/// `curl_multi_poll` walk all of them at each call (https://curl.se/libcurl/c/curl_multi_socket_action.html).
final class TransferLoop {
    /// How often the deadlines of calls that wait for a connection are looked at, in milliseconds.
    private static let sweepInterval = 10

    private let configuration: HTTPClient.Configuration
    private let mailbox: Mailbox
    private let sockets: SocketWatch
    private let multi: UnsafeMutableRawPointer
    /// All ever made, by slot; at most the connection limit for each origin in use at one time.
    private var transfers: [Transfer] = []
    private var idleSlots: [Int] = []
    private var lanes: Lanes
    private var nextSweep: Int64 = 0

    init(_ configuration: HTTPClient.Configuration, _ mailbox: Mailbox) throws(HTTPClientError) {
        let sockets = try SocketWatch(waking: mailbox.descriptor)
        guard let multi = curl_multi_init() else { throw HTTPClientError(.other, "curl_multi_init: out of memory") }
        (self.configuration, self.mailbox, self.sockets, self.multi) = (configuration, mailbox, sockets, multi)
        lanes = Lanes(configuration)
        // libcurl's default, four for each transfer under way, would close connections at each lull.
        ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, max(256, configuration.connectionsPerHost * 4))
        ccurl_multi_set_watcher(multi, SocketWatch.wantsChanged)
        ccurl_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, Unmanaged.passUnretained(sockets).toOpaque())
    }

    /// Closes the kept-alive connections; `sockets` and `transfers` are freed after this, as libcurl still calls them.
    deinit { curl_multi_cleanup(multi) }

    /// Returns when the mailbox is closed and every call has been answered.
    func run() {
        let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: 256)
        defer { events.deallocate() }
        var commands: [Mailbox.Command] = []
        while true {
            let mail = mailbox.read(into: &commands)
            if mail == .closed { return failEverything() }
            for command in commands { handle(command) }
            commands.removeAll(keepingCapacity: true)
            let ready = sockets.wait(events, timeout: mail == .nothing ? sleepTime() : 0)
            for event in events[..<ready] {
                guard let mask = sockets.bitmask(of: event) else { continue }
                socketAction(event.data.fd, mask)
            }
            socketAction(CURL_SOCKET_TIMEOUT, 0)
            finishDoneTransfers()
            failOverdue()
        }
    }

    private func handle(_ command: Mailbox.Command) {
        switch command {
        case .start(let call) where call.ticket.place == .cancelled: end(call, .failure(CancellationError()))
        case .start(let call): admit(call)
        case .cancel(let ticket): cancel(ticket)
        }
    }

    private func admit(_ call: PendingCall) {
        switch lanes.enter(call) {
        case .runs: start(call)
        case .waits: call.ticket.place = .waiting
        case .refused:
            end(call, .failure(HTTPClientError(.overloaded, "\(lanes.waitingCount) requests wait for a connection")))
        }
    }

    /// Starts the call that has just been let into its lane, or the next one there that can be started.
    private func start(_ call: PendingCall?) {
        var candidate = call
        while let call = candidate {
            do throws(HTTPClientError) {
                return try begin(call)
            } catch {
                end(call, .failure(error))
                candidate = lanes.leave(call.origin)
            }
        }
    }

    private func begin(_ call: PendingCall) throws(HTTPClientError) {
        let now = MonotonicTime.now()
        guard call.deadline > now else { throw Self.queueTimeout }
        let transfer = try idleTransfer()
        do throws(HTTPClientError) {
            try transfer.prepare(call, now: now)
            let code = curl_multi_add_handle(multi, transfer.easy)
            guard code == CURLM_OK else { throw HTTPClientError(.other, "curl_multi_add_handle: \(code.rawValue)") }
            call.ticket.place = .running(slot: transfer.slot)
        } catch {
            _ = transfer.finish(CURLE_FAILED_INIT)
            idleSlots.append(transfer.slot)
            throw error
        }
    }

    private func idleTransfer() throws(HTTPClientError) -> Transfer {
        if let slot = idleSlots.popLast() { return transfers[slot] }
        let transfer = try Transfer(slot: transfers.count, configuration)
        transfers.append(transfer)
        return transfer
    }

    private func end(_ call: PendingCall, _ result: Result<ClientResponse, any Error>) {
        call.ticket.place = .finished
        call.continuation.resume(with: result)
    }
}

// MARK: - Ends of calls
extension TransferLoop {
    private static var queueTimeout: HTTPClientError {
        HTTPClientError(.timedOut, "no connection became free in time")
    }

    private func finishDoneTransfers() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            var context: UnsafeMutableRawPointer?
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                ccurl_get_pointer(easy, CURLINFO_PRIVATE, &context) == CURLE_OK, let context
            else { continue }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            finish(transfer, message.pointee.data.result)
        }
    }

    private func finish(_ transfer: Transfer, _ code: CURLcode, instead replacement: (any Error)? = nil) {
        let finished = transfer.finish(code)
        curl_multi_remove_handle(multi, transfer.easy)
        idleSlots.append(transfer.slot)
        guard let (call, result) = finished else { return }
        end(call, replacement.map { .failure($0) } ?? result)
        start(lanes.leave(call.origin))
    }

    private func cancel(_ ticket: CallTicket) {
        switch ticket.place {
        case .unknown: ticket.place = .cancelled  // Its start comes behind in the mailbox.
        case .waiting: failWaiting(CancellationError()) { $0.ticket === ticket }
        case .running(let slot): finish(transfers[slot], CURLE_ABORTED_BY_CALLBACK, instead: CancellationError())
        case .cancelled, .finished: break
        }
    }

    private func failWaiting(_ error: any Error, where condition: (PendingCall) -> Bool) {
        for call in lanes.remove(where: condition) { end(call, .failure(error)) }
    }

    private func failEverything() {
        failWaiting(HTTPClientError(.closed, "the client was closed")) { _ in true }
        for transfer in transfers where transfer.call != nil {
            let error = HTTPClientError(
                .closed, "the client was closed", requestWasSent: transfer.bytesSent > 0)
            finish(transfer, CURLE_ABORTED_BY_CALLBACK, instead: error)
        }
    }
}

// MARK: - Time
extension TransferLoop {
    /// Milliseconds until libcurl has a time-out (https://curl.se/libcurl/c/curl_multi_timeout.html), or waiting calls
    /// are to be looked at; -1 for ever.
    private func sleepTime() -> Int32 {
        var wait = -1
        curl_multi_timeout(multi, &wait)
        if lanes.waitingCount > 0 { wait = wait < 0 ? Self.sweepInterval : min(wait, Self.sweepInterval) }
        return Int32(clamping: wait)
    }

    /// Does what is due when `socket` is `CURL_SOCKET_TIMEOUT`.
    private func socketAction(_ socket: Int32, _ mask: Int32) {
        var running: Int32 = 0
        curl_multi_socket_action(multi, socket, mask, &running)
    }

    private func failOverdue() {
        let now = MonotonicTime.now()
        guard lanes.waitingCount > 0, nextSweep <= now else { return }
        nextSweep = now + Int64(Self.sweepInterval) * 1_000_000
        failWaiting(Self.queueTimeout) { $0.deadline <= now }
    }
}
