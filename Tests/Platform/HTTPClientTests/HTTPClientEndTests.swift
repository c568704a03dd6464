import Foundation
import HTTPClient
import Testing

/// How calls end that are not answered: cancellation and close.
@Suite(.timeLimit(.minutes(5))) struct HTTPClientEndTests {
    let server = ScriptedServer { connection in while connection.readRequest() != nil {} }

    func client(connections: Int = 64) throws -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.connectionsPerHost = connections
        configuration.timeout = .seconds(50)
        return try HTTPClient(configuration)
    }

    @Test("Cancelling the task aborts the transfer and closes its connection")
    func cancelRunning() async throws {
        let client = try client()
        let task = Task { try await client.send(ClientRequest(.post, server.url)) }
        _ = await server.requests.first { _ in true }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        _ = await server.closed.first { true }
    }

    @Test("Cancelling a waiting request leaves the running one alone, and gives its place to the next")
    func cancelWaiting() async throws {
        let gate = Gate()
        let server = ScriptedServer { connection in
            while connection.readRequest() != nil {
                gate.wait()
                connection.write(response())
            }
        }
        let client = try client(connections: 1)
        let running = Task { try await client.send(ClientRequest(.get, server.url + "/running")).status }
        _ = await server.requests.first { _ in true }
        let waiting = Task { try await client.send(ClientRequest(.get, server.url + "/waiting")).status }
        let next = Task { try await client.send(ClientRequest(.get, server.url + "/next")).status }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        gate.open()
        #expect(try await running.value == 200)
        #expect(try await next.value == 200)
        #expect(await server.requests.first { _ in true }?.contains("/next") == true)
    }

    @Test("A task that is cancelled already sends nothing")
    func cancelledBefore() async throws {
        let client = try client()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.send(ClientRequest(.post, server.url))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(server.connectionCount == 0)
    }

    @Test("Cancelling at any moment ends every call exactly once")
    func cancelStorm() async throws {
        let server = ScriptedServer.answering(response())
        let client = try client(connections: 4)
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<400 {
                let task = Task { try await client.send(ClientRequest(.get, server.url)) }
                group.addTask {
                    for _ in 0..<index % 20 { await Task.yield() }
                    task.cancel()
                    _ = await task.result
                }
            }
        }
        #expect(try await client.send(ClientRequest(.get, server.url)).status == 200)
    }

    @Test("Closing fails what is under way, and knows what was sent")
    func closeInFlight() async throws {
        let client = try client(connections: 1)
        async let running = failure(of: ClientRequest(.post, server.url), client)
        _ = await server.requests.first { _ in true }
        async let waiting = failure(of: ClientRequest(.post, server.url), client)
        async let another = failure(of: ClientRequest(.post, server.url), client)
        await Task.yield()
        client.close()
        #expect(await running == HTTPClientError(.closed, "the client was closed", requestWasSent: true))
        #expect(await waiting == HTTPClientError(.closed, "the client was closed", requestWasSent: false))
        #expect(await another?.requestWasSent == false)
        _ = await server.closed.first { true }
    }

    @Test("Closing again, from several threads, is harmless; later requests fail")
    func closeTwice() async throws {
        let client = try client()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { client.close() } }
        }
        #expect(await failure(of: ClientRequest(.get, server.url), client)?.code == .closed)
    }

    @Test("A client that is dropped ends its thread and its connections")
    func dropped() async throws {
        let server = ScriptedServer.answering(response())
        var client: HTTPClient? = try client()
        #expect(try await client?.send(ClientRequest(.get, server.url)).status == 200)
        client = nil
        _ = await server.closed.first { true }
    }
}
