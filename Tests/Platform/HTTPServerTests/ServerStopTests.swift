import Foundation
import HTTPServer
import RawHTTP
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct ServerStopTests {
    private let entered = Latch()
    private let gate = Latch()

    private func start(grace: Duration = .seconds(30)) throws -> HTTPServer {
        var router = Router()
        router.get("/fast") { _ in .text("fast") }
        router.get("/gated") { [entered, gate] _ in
            entered.open()
            await gate.wait()
            return .text(String(repeating: "late ", count: 2000))
        }
        router.get("/deaf") { [entered, gate] _ in
            entered.open()
            // Ignores its cancellation.
            await Task { await gate.wait() }.value
            return .text("very late")
        }
        return try HTTPServer(ServerConfiguration(port: 0), router: router)
    }

    private let request = { (path: String) in "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n" }

    @Test("A request in flight is answered before the server stops")
    func inFlight() async throws {
        let server = try start()
        let client = try #require(RawClient(server.port))
        await client.send(request("/gated"))
        await entered.wait()
        server.stopAccepting()
        async let stopped: Void = server.stop(within: .seconds(20))
        gate.open()
        let text = await client.receive()
        #expect(status(text) == 200)
        #expect(text.contains("Connection: close"))
        #expect(text.hasSuffix("late "))
        await stopped
    }

    @Test("A handler that never ends is answered for when the grace is over", arguments: ["/gated", "/deaf"])
    func abandoned(path: String) async throws {
        let server = try start()
        let client = try #require(RawClient(server.port))
        await client.send(request(path))
        await entered.wait()
        await server.stop(within: .milliseconds(20))
        #expect(status(await client.receive()) == 503)
        // The handler ends after the server is gone, and finds nothing to answer to.
        gate.open()
    }

    @Test("After stopAccepting new clients are refused, and open connections are answered once more")
    func refuses() async throws {
        let server = try start()
        let client = try #require(RawClient(server.port))
        await client.send(request("/fast"))
        #expect(!(await client.response()).contains("Connection: close"))
        server.stopAccepting()
        server.stopAccepting()
        #expect(RawClient(server.port) == nil)
        await client.send(request("/fast"))
        let text = await client.receive()
        #expect(status(text) == 200)
        #expect(text.contains("Connection: close"))
        await server.stop()
        await server.stop()
    }

    @Test("Clients that were still waiting to be accepted are served")
    func backlog() async throws {
        let server = try start()
        let clients = (0..<200).compactMap { _ in RawClient(server.port) }
        server.stopAccepting()
        for client in clients {
            await client.send(request("/fast"))
            #expect(status(await client.receive()) == 200)
        }
        await server.stop()
    }

    @Test("A client that goes away while its request is handled harms nobody", arguments: 0..<20)
    func disconnect(round: Int) async throws {
        let server = try start()
        do {
            let client = try #require(RawClient(server.port))
            await client.send(request("/gated"))
            await entered.wait()
            if round % 2 == 0 { client.abort() }
        }
        gate.open()
        let text = try await RawClient.exchange(
            server.port, "GET /fast HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(status(text) == 200)
        await server.stop()
    }

    @Test("Nothing of a server is kept when clients went away during their requests")
    func released() async throws {
        final class Token: Sendable {}
        weak var kept: Token?
        do {
            let token = Token()
            kept = token
            var router = Router()
            router.get("/gated") { [entered, gate] _ in
                entered.open()
                await gate.wait()
                return .text("\(token)")
            }
            let server = try HTTPServer(ServerConfiguration(port: 0), router: router)
            for _ in 0..<5 {
                let client = try #require(RawClient(server.port))
                await client.send(request("/gated"))
                await entered.wait()
                client.abort()
                gate.open()
            }
            await server.stop()
        }
        // The last task may still be on its way out.
        while kept != nil { await Task.yield() }
    }

    @Test("A server can be dropped without being stopped, and its port is free again")
    func dropped() async throws {
        var server: HTTPServer? = try start()
        let port = try #require(server?.port)
        let client = try #require(RawClient(port))
        await client.send(request("/gated"))
        await entered.wait()
        server = nil
        #expect(status(await client.receive()) == 503)
        #expect(throws: Never.self) {
            _ = try HTTPServer(ServerConfiguration(port: port), router: Router())
        }
        gate.open()
    }

    @Test("Stopping under load hangs no client")
    func underLoad() async throws {
        var router = Router()
        router.get("/work") { _ in
            for _ in 0..<3 { await Task.yield() }
            return .text("done")
        }
        let server = try HTTPServer(ServerConfiguration(port: 0), router: router)
        let port = server.port
        let served = Latch()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    while let client = RawClient(port) {
                        await client.send("GET /work HTTP/1.1\r\nHost: a\r\n\r\n")
                        let text = await client.response()
                        served.open()
                        // Accepted by the kernel after the last look into its queue: reset without an answer.
                        if text.isEmpty { continue }
                        #expect(status(text) == 200)
                    }
                }
            }
            for _ in 0..<50 { await served.wait() }
            await server.stop()
        }
    }
}
