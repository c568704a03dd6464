import Dispatch
import Foundation
import Synchronization
public import Telemetry

/// Serves a ``Router`` on a TCP port.
///
/// Handlers start on the server's own thread and go on, after each suspension, on the thread that resumed them: no
/// request costs a thread switch that it does not need. Like all async code they must not block.
public final class HTTPServer: Sendable {
    private enum Phase { case running, quiet, stopped }

    /// The port that is bound, also when the configuration said 0.
    public let port: UInt16
    private let core: ServerCore
    private let daemon: Daemon
    private let socket: ListenSocket
    private let sweep: Task<Void, any Error>
    private let phase = Mutex(Phase.running)
    /// Serial, because the threads of concurrent queues are those of Swift's pool on Linux, and stopping blocks.
    private let queue = DispatchQueue(label: "http.server.stop")

    /// Listens from now on.
    ///
    /// - Throws: ``ServerStartError`` when the address is wrong or the port is in use.
    public init(_ configuration: ServerConfiguration, router: Router, log: Log = .silent) throws(ServerStartError) {
        let socket = try ListenSocket(address: configuration.address, port: configuration.port)
        let core = ServerCore(router, configuration, authority: "\(configuration.address):\(socket.port)", log: log)
        do { daemon = try Daemon(core, socket: socket) } catch {
            socket.close()
            throw error
        }
        (self.socket, self.core, port) = (socket, core, socket.port)
        sweep = Self.startSweep(core)
    }

    /// Enforces the deadline to within a tenth of it, at most a second late. Ends when it is cancelled.
    private static func startSweep(_ core: ServerCore) -> Task<Void, any Error> {
        let deadline = core.configuration.deadline
        return Task {
            while true {
                try await Task.sleep(for: min(deadline / 10, .seconds(1)))
                core.running.expire(startedBefore: .now - deadline)
            }
        }
    }

    /// Refuses new connections; those that are open are answered once more and closed.
    public func stopAccepting() {
        let isFirst = phase.withLock { phase in
            defer { if phase == .running { phase = .quiet } }
            return phase == .running
        }
        guard isFirst else { return }
        core.isStopping.store(true, ordering: .relaxed)
        daemon.quiesce()
        // Clients in the kernel's queue believe to be connected: serve them instead of resetting them.
        while let waiting = socket.accept() { daemon.adopt(waiting.descriptor, waiting.address) }
        socket.refuse()
    }

    /// Waits for the requests in flight, answers 503 to those that are not done after `grace`, closes everything.
    /// Returns when no thread of the server runs any more; calling it again does nothing.
    public func stop(within grace: Duration = .seconds(5)) async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.stopBlocking(within: grace)
                continuation.resume()
            }
        }
    }

    private func stopBlocking(within grace: Duration) {
        stopAccepting()
        let isFirst = phase.withLock { phase in
            defer { phase = .stopped }
            return phase != .stopped
        }
        guard isFirst else { return }
        let seconds = Double(grace.components.seconds) + Double(grace.components.attoseconds) * 1e-18
        _ = core.open.wait(timeout: .now() + seconds)
        sweep.cancel()
        core.running.close()
        // For the answers that `close` has just given to be written.
        _ = core.open.wait(timeout: .now() + 1)
        daemon.stop()
        socket.close()
    }

    deinit { stopBlocking(within: .zero) }
}
