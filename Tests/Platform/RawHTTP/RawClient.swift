public import Foundation

/// A TCP connection that sends exactly the bytes it is told. Its blocking calls run on a serial queue of its own: a
/// concurrent one would take threads from Swift's pool.
public final class RawClient: Sendable {
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "raw.client")

    /// - Returns: `nil` when the server refuses the connection.
    public init?(_ port: UInt16) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        place.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let connected = withUnsafePointer(to: &place) { place in
            place.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if !connected { return nil }
    }

    deinit { close(descriptor) }

    /// Closes without a farewell: the server sees a reset.
    public func abort() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    public func send(_ text: String) async { await send(Data(text.utf8)) }

    public func send(_ data: Data) async {
        await off { [descriptor] in
            var rest = data[...]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes {
                    Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if sent <= 0 { return }
                rest = rest.dropFirst(sent)
            }
        }
    }

    /// Everything up to the end of the connection, or until `enough` says so, or for 10 s.
    public func receive(until enough: @escaping @Sendable (String) -> Bool = { _ in false }) async -> String {
        await off { [descriptor] in
            var (all, buffer) = (Data(), [UInt8](repeating: 0, count: 65536))
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                if count < 0, errno == EAGAIN { return "nothing came for 10 s" }
                if count <= 0 { break }
                all.append(contentsOf: buffer.prefix(count))
                if enough(String(decoding: all, as: UTF8.self)) { break }
            }
            return String(decoding: all, as: UTF8.self)
        }
    }

    /// The next response, whose body must have a `Content-Length`.
    public func response() async -> String {
        await receive { text in
            guard let end = text.range(of: "\r\n\r\n") else { return false }
            let length = text.firstMatch(of: /Content-Length: (\d+)/).flatMap { Int($0.1) } ?? 0
            return text[end.upperBound...].utf8.count >= length
        }
    }

    /// The server does not accept connections.
    public struct Refused: Error {}

    /// Says that nothing more will be sent.
    public func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    private func off<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { done in queue.async { done.resume(returning: work()) } }
    }

    /// Sends `text` on a connection of its own and returns all that comes back.
    public static func exchange(_ port: UInt16, _ text: String) async throws -> String {
        guard let client = RawClient(port) else { throw Refused() }
        await client.send(text)
        return await client.receive()
    }
}
