import Checkout
import Foundation
import Testing

/// The gateway, on a port of its own, before the services of a ``FoodSystem``.
final class Gateway: Sendable {
    let port: Int
    private let program: Program

    /// Renders its configuration as `deploy/run` does, starts it and waits until it listens.
    init(before system: FoodSystem) async throws {
        port = try FreePorts.take(1)[0]
        let folder = system.folder.appending(path: "gateway")
        let environment = ["GATEWAY_PORT": String(port), "GATEWAY_RATE": "1000000"]
        _ = try await run(
            Repository.root.appending(path: "deploy/gateway/render").path(), [folder.path()], environment: environment)
        let upstreams = FoodSystem.Service.all.map { service in
            "upstream \(service.name) { server 127.0.0.1:\(system.port(service)); keepalive 64; }\n"
        }
        try upstreams.joined().write(to: folder.appending(path: "upstreams.conf"), atomically: true, encoding: .utf8)
        let path = Repository.environment["PATH"] ?? ""
        program = try Program(
            "gateway", URL(filePath: "/usr/bin/env"),
            // One process, so that nothing is left when it is killed.
            [
                "nginx", "-g", "master_process off;", "-e", "stderr", "-p", folder.path(), "-c",
                folder.appending(path: "nginx.conf").path(),
            ],
            environment: ["PATH": path + ":/usr/sbin:/sbin"], log: system.folder.appending(path: "gateway.log"))
        await eventually("the gateway listens") {
            guard program.isRunning else { throw GiveUp(description: "the gateway ended: \(program.tail)") }
            return FreePorts.isListening(port)
        }
    }

    func stop() async {
        program.signal(SIGTERM)
        _ = await program.status()
    }
}
