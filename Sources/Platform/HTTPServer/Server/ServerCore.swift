import Dispatch
import Synchronization
import Telemetry

/// What the exchanges of one server share. It outlives the daemon as long as a handler still runs.
final class ServerCore: Sendable {
    let router: Router
    let configuration: ServerConfiguration
    let running = RunningExchanges()
    let isStopping = Atomic<Bool>(false)
    /// `host:port` for links when a client names no host; set once, before the first request is read.
    let authority: String
    /// Entered by each exchange, left when libmicrohttpd has let go of it.
    let open = DispatchGroup()
    let log: Log

    init(_ router: Router, _ configuration: ServerConfiguration, authority: String, log: Log) {
        (self.router, self.configuration, self.authority, self.log) = (router, configuration, authority, log)
    }
}
