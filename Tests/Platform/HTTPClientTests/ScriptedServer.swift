import Foundation
import Synchronization

/// A TCP server on a free loopback port whose every connection runs `script` on a thread of its own.
final class ScriptedServer: Sendable {
    let port: UInt16
    /// Yields each request head with its body, in the order of arrival.
    let requests: AsyncStream<String>
    /// Yields once for each connection that its client has closed, as far as the script reads to the end.
    let closed: AsyncStream<Void>

    private let listener: Int32
    private let connections = Mutex<[Int32]>([])
    private let arrived: AsyncStream<String>.Continuation
    private let left: AsyncStream<Void>.Continuation

    var url: String { "http://127.0.0.1:\(port)" }
    var connectionCount: Int { connections.withLock(\.count) }

    init(_ script: @escaping @Sendable (Connection) -> Void) {
        (listener, port) = Self.bindLoopback()
        (requests, arrived) = AsyncStream.makeStream()
        (closed, left) = AsyncStream.makeStream()
        listen(listener, 1024)
        Thread.detachNewThread { [self, listener] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { return }
                connections.withLock { $0.append(descriptor) }
                Thread.detachNewThread { [self] in
                    script(Connection(descriptor: descriptor, arrived: arrived, left: left))
                    shutdown(descriptor, Int32(SHUT_RDWR))
                }
            }
        }
    }

    /// Answers every request with `response`, and keeps the connection.
    static func answering(_ response: String) -> ScriptedServer {
        ScriptedServer { connection in while connection.readRequest() != nil { connection.write(response) } }
    }

    /// The first `count` requests; waits for them.
    func received(through count: Int) async -> [String] {
        var result: [String] = []
        for await request in requests {
            result.append(request)
            if result.count == count { break }
        }
        return result
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        for descriptor in connections.withLock({ $0 }) { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    /// A bound socket that does not listen yet: connections to its port are refused.
    static func bindLoopback() -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, length)
                _ = getsockname(descriptor, $0, &length)
            }
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}

/// The server's end of one connection; used by its thread only.
final class Connection {
    private let descriptor: Int32
    private let arrived: AsyncStream<String>.Continuation
    private let left: AsyncStream<Void>.Continuation
    private var buffer = Data()

    init(descriptor: Int32, arrived: AsyncStream<String>.Continuation, left: AsyncStream<Void>.Continuation) {
        (self.descriptor, self.arrived, self.left) = (descriptor, arrived, left)
    }

    /// - Returns: the next request, or `nil` when the client has closed the connection.
    func readRequest() -> String? {
        while true {
            if let request = nextRequest() {
                arrived.yield(request)
                return request
            }
            guard readMore() else {
                left.yield()
                return nil
            }
        }
    }

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    private func nextRequest() -> String? {
        guard let head = buffer.firstRange(of: Data("\r\n\r\n".utf8)) else { return nil }
        let text = String(decoding: buffer[..<head.upperBound], as: UTF8.self)
        let length = text.lowercased().split(separator: "\r\n").compactMap { line in
            line.hasPrefix("content-length:") ? Int(line.dropFirst(15).drop { $0 == " " }) : nil
        }
        let end = head.upperBound + (length.first ?? 0)
        guard buffer.endIndex >= end else { return nil }
        defer { buffer = Data(buffer[end...]) }
        return String(decoding: buffer[..<end], as: UTF8.self)
    }

    private func readMore() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        if count > 0 { buffer.append(contentsOf: chunk[..<count]) }
        return count > 0
    }
}

func response(_ status: String = "200 OK", _ headers: [String] = [], body: String = "") -> String {
    (["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers).joined(separator: "\r\n") + "\r\n\r\n"
        + body
}

/// Holds whoever waits until it is opened; for scripts that answer late.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func wait() {
        semaphore.wait()
        semaphore.signal()
    }
    func open() { semaphore.signal() }
}
