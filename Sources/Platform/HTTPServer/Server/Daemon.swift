import CMicroHTTPD
import Foundation

/// Owns one `MHD_Daemon`.
///
/// `@unchecked Sendable`: `pointer` is a constant; libmicrohttpd locks inside the functions used here.
final class Daemon: @unchecked Sendable {
    private let pointer: OpaquePointer
    /// +1 of the core, for the callbacks; ended in ``stop()``, when no thread can call back any more.
    private let core: Unmanaged<ServerCore>

    /// POLL, never EPOLL: libmicrohttpd 0.9.75 stalls there when exactly 128·k sockets are ready.
    private static let flags =
        MHD_USE_POLL_INTERNAL_THREAD.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue | MHD_USE_ITC.rawValue

    init(_ core: ServerCore, socket: ListenSocket) throws(ServerStartError) {
        UnreadRequest.takeOver
        self.core = Unmanaged.passRetained(core)
        var options = Self.options(core.configuration, socket, self.core.toOpaque())
        guard let pointer = cmhd_start(Self.flags, onRequest, self.core.toOpaque(), &options) else {
            self.core.release()
            throw ServerStartError(description: "libmicrohttpd could not start its threads")
        }
        self.pointer = pointer
    }

    private static func options(
        _ configuration: ServerConfiguration, _ socket: ListenSocket, _ core: UnsafeMutableRawPointer
    ) -> [MHD_OptionItem] {
        func option(_ name: MHD_OPTION, _ value: Int, _ pointer: UnsafeMutableRawPointer? = nil) -> MHD_OptionItem {
            MHD_OptionItem(option: name, value: value, ptr_value: pointer)
        }
        var options = [
            option(.LISTEN_SOCKET, Int(socket.descriptor)),
            option(.CONNECTION_LIMIT, configuration.connectionLimit),
            option(.PER_IP_CONNECTION_LIMIT, configuration.connectionLimitPerAddress),
            option(.CONNECTION_TIMEOUT, configuration.idleTimeout),
            option(.CONNECTION_MEMORY_LIMIT, configuration.memoryPerConnection),
            option(.URI_LOG_CALLBACK, cmhd_target_callback(onTarget), core),
            option(.UNESCAPE_CALLBACK, cmhd_unescape_callback(onUnescape)),
            option(.NOTIFY_COMPLETED, cmhd_completed_callback(onCompleted)),
        ]
        // libmicrohttpd refuses a pool of one (microhttpd.h, MHD_OPTION_THREAD_POOL_SIZE).
        if configuration.threads > 1 { options.append(option(.THREAD_POOL_SIZE, configuration.threads)) }
        return options + [option(.END, 0)]
    }

    /// Stops accepting; connections that are open go on.
    func quiesce() { _ = MHD_quiesce_daemon(pointer) }

    /// Takes over a connection that was accepted elsewhere; closes it when that fails.
    func adopt(_ descriptor: Int32, _ address: sockaddr_in) {
        var address = address
        withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = MHD_add_connection(pointer, descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Closes all connections and joins the threads. Once only, and never while a connection is suspended
    /// (microhttpd.h, MHD_suspend_connection).
    func stop() {
        MHD_stop_daemon(pointer)
        core.release()
    }
}

/// The first call of a request, with the target as it was sent. What it returns is the request's context pointer.
private func onTarget(
    _ core: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?, _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let core, let target, let connection else { return nil }
    let server = Unmanaged<ServerCore>.fromOpaque(core).takeUnretainedValue()
    let whole = String(cString: target)
    // libmicrohttpd would make a record of each parameter, in memory that many of them exhaust. `target` lies in its
    // read buffer, and what follows the question mark is not looked at before this returns.
    if let query = strchr(target, Int32(UInt8(ascii: "?"))) { query[1] = 0 }
    // +1, ended by `onCompleted`, which libmicrohttpd calls for every request it called this for.
    return Unmanaged.passRetained(Exchange(server, connection, target: whole)).toOpaque()
}

/// Leaves the target encoded: decoded here, `%00` would cut it off and `%2F` would split a segment.
private func onUnescape(
    _: UnsafeMutableRawPointer?, _: OpaquePointer?, _ text: UnsafeMutablePointer<CChar>?
) -> Int { text.map { strlen($0) } ?? 0 }

private func onRequest(
    _: UnsafeMutableRawPointer?, _: OpaquePointer?, _: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?,
    _ version: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?, _ size: UnsafeMutablePointer<Int>?,
    _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let exchange = context?.pointee, let method, let version, let size else { return .NO }
    return Unmanaged<Exchange>.fromOpaque(exchange).takeUnretainedValue()
        .advance(method: method, version: version, upload: upload, size: size)
}

private func onCompleted(
    _: UnsafeMutableRawPointer?, _: OpaquePointer?, _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _: MHD_RequestTerminationCode
) {
    guard let exchange = context?.pointee else { return }
    context?.pointee = nil
    let unmanaged = Unmanaged<Exchange>.fromOpaque(exchange)
    unmanaged.takeUnretainedValue().end()
    unmanaged.release()
}
