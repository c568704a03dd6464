/// Where the server listens and what it lets clients claim.
public struct ServerConfiguration: Sendable {
    /// IPv4 address to bind to.
    public var address = "127.0.0.1"
    /// 0 takes a free one; ``HTTPServer/port`` then tells which.
    public var port: UInt16
    /// Threads that read, parse and write; handlers start on them.
    public var threads = 1
    /// Open connections; further ones wait in the kernel.
    public var connectionLimit = 4096
    /// Open connections of one client address; 0 is no limit, which is right behind a gateway.
    public var connectionLimitPerAddress = 0
    /// Seconds without a byte after which a connection is closed. Above the 60 s that gateways keep idle connections,
    /// so that it is the gateway that closes.
    public var idleTimeout = 75
    /// Bytes of a body; longer ones are answered with 413.
    public var bodyLimit = 1 << 20
    /// Bytes of memory for one connection: request line, headers, and what is read of the body at a time. Longer
    /// headers are answered with 431, a longer request line with 414.
    public var memoryPerConnection = 32 << 10
    /// A request whose handler takes longer is answered with 503, and its task is cancelled.
    public var deadline: Duration = .seconds(30)

    public init(port: UInt16) { self.port = port }
}

/// The server cannot listen.
public struct ServerStartError: Error, CustomStringConvertible {
    public let description: String
}
