import Foundation

/// Ports that nobody listens on right now. Not those that the system gives to outgoing connections, which would take the
/// port of a program that is down for the moment.
enum FreePorts {
    struct None: Error {}

    private static let candidates = 20_000..<32_000

    static func take(_ count: Int) throws -> [Int] {
        let sockets = try (0..<count).map { _ in try bound() }
        defer { for (descriptor, _) in sockets { close(descriptor) } }
        return sockets.map(\.port)
    }

    /// - Returns: a free port whose successor is free, too.
    static func takePair() throws -> Int {
        for _ in 1...1000 {
            let port = Int.random(in: candidates)
            let sockets = [port, port + 1].map { bound($0) }
            for case let descriptor? in sockets { close(descriptor) }
            if !sockets.contains(nil) { return port }
        }
        throw None()
    }

    static func isListening(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// A socket that has a port and does not listen yet; its owner is the caller.
    static func bound() throws -> (descriptor: Int32, port: Int) {
        for _ in 1...1000 {
            let port = Int.random(in: candidates)
            if let descriptor = bound(port) { return (descriptor, port) }
        }
        throw None()
    }

    private static func bound(_ port: Int) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(port)
        let succeeded = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if succeeded { return descriptor }
        close(descriptor)
        return nil
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}
