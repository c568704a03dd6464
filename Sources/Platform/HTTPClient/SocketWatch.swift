import CCurl
import Foundation

/// epoll's interest list, as libcurl wants it. Lives on the transfer thread alone.
///
/// Keeps no list of its own beside the kernel's, which alone knows what happened to a descriptor: libcurl closes some
/// without a word (its resolver's), and the next socket gets their number.
final class SocketWatch {
    private let epoll: Int32
    private let waker: Int32

    init(waking descriptor: Int32) throws(HTTPClientError) {
        waker = descriptor
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw HTTPClientError(.other, "epoll_create1: errno \(errno)") }
        guard control(EPOLL_CTL_ADD, descriptor, EPOLLIN.rawValue | EPOLLET.rawValue) else {
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

    /// The `ev_bitmask` of `curl_multi_socket_action`, or `nil` when the event is not libcurl's.
    func bitmask(of event: epoll_event) -> Int32? {
        guard event.data.fd != waker else { return nil }
        var mask: Int32 = 0
        if event.events & (EPOLLIN.rawValue | EPOLLHUP.rawValue) != 0 { mask |= CURL_CSELECT_IN }
        if event.events & EPOLLOUT.rawValue != 0 { mask |= CURL_CSELECT_OUT }
        if event.events & EPOLLERR.rawValue != 0 { mask |= CURL_CSELECT_ERR }
        return mask
    }

    /// - Returns: whether the socket is watched from now on, or no more.
    private func watch(_ descriptor: Int32, _ events: UInt32) -> Bool {
        guard events != 0 else {
            _ = control(EPOLL_CTL_DEL, descriptor, 0)  // Fails when a close has taken it out already: just as well.
            return true
        }
        return control(EPOLL_CTL_ADD, descriptor, events)
            || errno == EEXIST && control(EPOLL_CTL_MOD, descriptor, events)
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32) -> Bool {
        var event = epoll_event(events: events, data: epoll_data_t(fd: descriptor))
        return epoll_ctl(epoll, operation, descriptor, &event) == 0
    }

    /// `CURLMOPT_SOCKETFUNCTION`; the context is a `SocketWatch` that outlives the multi handle. libcurl fails all its
    /// transfers when told -1 (https://curl.se/libcurl/c/CURLMOPT_SOCKETFUNCTION.html).
    static let wantsChanged: curl_socket_callback = { _, socket, what, context, _ in
        guard let context else { return -1 }
        let events: UInt32 =
            switch what {
            case CURL_POLL_IN: EPOLLIN.rawValue
            case CURL_POLL_OUT: EPOLLOUT.rawValue
            case CURL_POLL_INOUT: EPOLLIN.rawValue | EPOLLOUT.rawValue
            default: 0
            }
        return Unmanaged<SocketWatch>.fromOpaque(context).takeUnretainedValue().watch(socket, events) ? 0 : -1
    }
}
