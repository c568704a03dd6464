import CCurl
import Foundation

/// Keeps epoll's interest list in step with what libcurl waits for, in as few system calls as possible.
///
/// libcurl asks to forget a socket at the end of each transfer and to watch it again at the next. A forgotten socket is
/// therefore left in the list until it either is asked for again (no system call at all) or becomes ready (its server
/// closed it: taken out then). Lives on the transfer thread alone.
final class SocketWatch {
    private struct Interest {
        /// In epoll's list, 0 when absent.
        var registered: UInt32 = 0
        /// Of libcurl, 0 for a socket that rests in its connection cache.
        var wanted: UInt32 = 0
    }

    private let epoll: Int32
    private let waker: Int32
    /// By file descriptor.
    private var interests: [Interest] = []

    init(waking descriptor: Int32) throws(HTTPClientError) {
        waker = descriptor
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw HTTPClientError(.other, "epoll_create1: errno \(errno)") }
        var event = epoll_event(
            events: EPOLLIN.rawValue | EPOLLET.rawValue, data: epoll_data_t(fd: descriptor))
        guard epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0 else {
            Foundation.close(epoll)
            throw HTTPClientError(.other, "epoll_ctl: errno \(errno)")
        }
    }

    deinit { Foundation.close(epoll) }

    /// Sleeps up to `timeout` milliseconds, for ever when it is -1.
    ///
    /// - Returns: how many `events` were filled in; 0 also after a signal.
    func wait(_ events: UnsafeMutableBufferPointer<epoll_event>, timeout: Int32) -> Int {
        max(0, Int(epoll_wait(epoll, events.baseAddress, Int32(events.count), timeout)))
    }

    /// The `ev_bitmask` of `curl_multi_socket_action`, or `nil` when libcurl does not wait for this socket.
    func bitmask(of event: epoll_event) -> Int32? {
        let descriptor = event.data.fd
        guard descriptor != waker else { return nil }
        guard interests[Int(descriptor)].wanted != 0 else {
            set(descriptor, registered: 0)
            return nil
        }
        var mask: Int32 = 0
        if event.events & (EPOLLIN.rawValue | EPOLLHUP.rawValue) != 0 { mask |= CURL_CSELECT_IN }
        if event.events & EPOLLOUT.rawValue != 0 { mask |= CURL_CSELECT_OUT }
        if event.events & EPOLLERR.rawValue != 0 { mask |= CURL_CSELECT_ERR }
        return mask
    }

    fileprivate func want(_ descriptor: Int32, _ events: UInt32) {
        let index = Int(descriptor)
        if index >= interests.count {
            interests += repeatElement(Interest(), count: max(64, index + 1 - interests.count))
        }
        interests[index].wanted = events
        if events != 0, interests[index].registered != events { set(descriptor, registered: events) }
    }

    private func set(_ descriptor: Int32, registered: UInt32) {
        var event = epoll_event(events: registered, data: epoll_data_t(fd: descriptor))
        let before = interests[Int(descriptor)].registered
        let operation = registered == 0 ? EPOLL_CTL_DEL : before == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD
        _ = epoll_ctl(epoll, operation, descriptor, &event)
        interests[Int(descriptor)].registered = registered
    }

    /// `CURLMOPT_SOCKETFUNCTION`; the context is a `SocketWatch` that outlives the multi handle.
    static let wantsChanged: curl_socket_callback = { _, socket, what, context, _ in
        guard let context else { return -1 }
        let events: UInt32 =
            switch what {
            case CURL_POLL_IN: EPOLLIN.rawValue
            case CURL_POLL_OUT: EPOLLOUT.rawValue
            case CURL_POLL_INOUT: EPOLLIN.rawValue | EPOLLOUT.rawValue
            default: 0
            }
        Unmanaged<SocketWatch>.fromOpaque(context).takeUnretainedValue().want(socket, events)
        return 0
    }

    /// `CURLOPT_CLOSESOCKETFUNCTION`: close(2) takes the socket out of epoll's list, and its number will be used again.
    static let closeSocket: curl_closesocket_callback = { context, socket in
        if let context {
            Unmanaged<SocketWatch>.fromOpaque(context).takeUnretainedValue().forget(socket)
        }
        return Foundation.close(socket)
    }

    private func forget(_ descriptor: Int32) {
        if Int(descriptor) < interests.count { interests[Int(descriptor)] = Interest() }
    }
}
