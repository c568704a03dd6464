import Foundation
import Synchronization

/// Stands between a client and a PostgreSQL server, and cuts the connection at a COMMIT when it is told to.
final class CuttingProxy: Sendable {
    enum Cut { case beforeTheServerHasIt, beforeTheClientHearsOfIt }

    let port: UInt16
    private let listener: Int32
    private let server: UInt16
    private let next = Mutex<Cut?>(nil)

    /// - Parameter server: its port.
    init(to server: UInt16) {
        self.server = server
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = Self.loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(listener, $0, size)
                _ = listen(listener, 16)
                _ = getsockname(listener, $0, &size)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        Thread { [self] in
            while case let client = accept(listener, nil, nil), client >= 0 { serve(client) }
        }.start()
    }

    /// Of the next COMMIT.
    func cut(_ cut: Cut) { next.withLock { $0 = cut } }
    func close() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve(_ client: Int32) {
        let upstream = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(server)
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(upstream, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        let isDeaf = Flag()
        Thread { [self] in
            pump(client, upstream) { bytes in
                guard bytes.range(of: Data("COMMIT\0".utf8)) != nil, let cut = next.withLock({ $0.take() }) else {
                    return true
                }
                if cut == .beforeTheServerHasIt { return false }
                isDeaf.value.store(true, ordering: .relaxed)
                return true
            }
        }.start()
        Thread { [self] in pump(upstream, client) { _ in !isDeaf.value.load(ordering: .relaxed) } }.start()
    }

    private final class Flag: Sendable { let value = Atomic(false) }

    /// Hands on until one side closes, or `goesOn` says no; then neither hears more of the other.
    private func pump(_ from: Int32, _ to: Int32, _ goesOn: (Data) -> Bool) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(from, &buffer, buffer.count), count > 0, goesOn(Data(buffer[..<count])) {
            var sent = 0
            while sent < count, case let written = write(to, Array(buffer[sent..<count]), count - sent), written > 0 {
                sent += written
            }
        }
        for side in [from, to] { shutdown(side, Int32(SHUT_RDWR)) }
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }
}
