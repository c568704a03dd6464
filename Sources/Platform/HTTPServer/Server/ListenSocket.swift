import Foundation

/// A bound, listening, non-blocking TCP socket. Its owner closes it.
struct ListenSocket {
    let descriptor: Int32
    let port: UInt16

    /// - Throws: ``ServerStartError`` with a sentence for the operator.
    init(address: String, port: UInt16) throws(ServerStartError) {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        guard inet_pton(AF_INET, address, &place.sin_addr) == 1 else {
            throw ServerStartError(description: "\(address) is not an IPv4 address to listen on")
        }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Self.flags, 0)
        var yes: Int32 = 1
        // Otherwise a restart within a minute of the last connection finds the port in use.
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let isListening = withUnsafePointer(to: &place) { place in
            place.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
                bind(descriptor, place, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                    && listen(descriptor, SOMAXCONN) == 0
            }
        }
        guard isListening else {
            let reason =
                errno == EADDRINUSE ? "the port is in use by another process" : String(cString: strerror(errno))
            _ = Foundation.close(descriptor)
            throw ServerStartError(description: "cannot listen on \(address):\(port): \(reason)")
        }
        (self.descriptor, self.port) = (descriptor, Self.port(of: descriptor))
    }

    private static let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)

    private static func port(of descriptor: Int32) -> UInt16 {
        var place = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &place) { place in
            place.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        return UInt16(bigEndian: place.sin_port)
    }

    /// The next connection that the kernel has finished and nobody has taken; `nil` when there is none.
    func accept() -> (descriptor: Int32, address: sockaddr_in)? {
        var place = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let taken = withUnsafeMutablePointer(to: &place) { place in
            place.withMemoryRebound(to: sockaddr.self, capacity: 1) { Foundation.accept(descriptor, $0, &size) }
        }
        guard taken >= 0 else { return nil }
        // libmicrohttpd expects sockets that do not block.
        _ = fcntl(taken, F_SETFL, O_NONBLOCK)
        return (taken, place)
    }

    /// Refuses further connections; threads that still poll the descriptor are not disturbed.
    func refuse() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func close() { _ = Foundation.close(descriptor) }
}
