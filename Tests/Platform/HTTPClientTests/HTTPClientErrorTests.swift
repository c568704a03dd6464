import Foundation
import HTTPClient
import Testing

@Suite(.timeLimit(.minutes(5))) struct HTTPClientErrorTests {
    /// A server's misbehaviour after it has read a request, and what the client makes of it.
    struct Misbehaviour: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var code: HTTPClientError.Code
        /// `nil`: hangs.
        var answer: String?
    }

    static let misbehaviours = [
        Misbehaviour(testDescription: "hangs", code: .timedOut, answer: nil),
        Misbehaviour(testDescription: "closes without a word", code: .connectionLost, answer: ""),
        Misbehaviour(testDescription: "closes within the head", code: .connectionLost, answer: "HTTP/1.1 200 OK\r\nX-"),
        Misbehaviour(
            testDescription: "closes within the body", code: .connectionLost,
            answer: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
        Misbehaviour(
            testDescription: "closes within a chunk", code: .connectionLost,
            answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf"),
        Misbehaviour(testDescription: "sends garbage", code: .malformedResponse, answer: "\u{1}\u{2}garbage\r\n\r\n"),
        Misbehaviour(testDescription: "speaks another protocol", code: .malformedResponse, answer: "SSH-2.0-x\r\n"),
        Misbehaviour(
            testDescription: "has a bad length", code: .malformedResponse,
            answer: "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"),
        Misbehaviour(
            testDescription: "announces a large body", code: .responseTooLarge,
            answer: response(body: String(repeating: "x", count: 5000))),
        Misbehaviour(
            testDescription: "sends a large body of unknown length", code: .responseTooLarge,
            answer: "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 5000)),
        Misbehaviour(
            testDescription: "sends a large head", code: .responseTooLarge,
            answer: response(
                "200 OK", (0..<100).map { "X-\($0): " + String(repeating: "x", count: 1000) })),
    ]

    @Test(
        "A server that misbehaves after the request is told apart, and the request counts as sent",
        arguments: misbehaviours)
    func sent(misbehaviour: Misbehaviour) async throws {
        let server = ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            if let answer = misbehaviour.answer { connection.write(answer) } else { _ = connection.readRequest() }
        }
        var configuration = HTTPClient.Configuration()
        configuration.maximumResponseBody = 4000
        let client = try HTTPClient(configuration)
        // Only the one that hangs is to run out of it.
        let timeout: Duration = misbehaviour.answer == nil ? .milliseconds(200) : .seconds(30)
        let error = await failure(of: ClientRequest(.post, server.url, timeout: timeout), client)
        #expect(error?.code == misbehaviour.code, "\(String(describing: error))")
        #expect(error?.requestWasSent == true)
    }

    @Test("A refused connection means that nothing was sent")
    func refused() async throws {
        let (descriptor, port) = ScriptedServer.bindLoopback()
        defer { close(descriptor) }
        let error = await failure(of: ClientRequest(.post, "http://127.0.0.1:\(port)/"), try HTTPClient())
        #expect(error?.code == .cannotConnect)
        #expect(error?.requestWasSent == false)
    }

    @Test("A host without an address means that nothing was sent")
    func unresolved() async throws {
        let error = await failure(of: ClientRequest(.post, "http://no-such-host.invalid/"), try HTTPClient())
        #expect(error?.code == .cannotConnect || error?.code == .timedOut)
        #expect(error?.requestWasSent == false)
    }

    @Test("A connection that is never made times out, and nothing was sent")
    func connectTimeout() async throws {
        // Nobody accepts, and the queue of a listener with backlog 0 holds one connection: later SYNs are dropped.
        let (descriptor, port) = ScriptedServer.bindLoopback()
        defer { close(descriptor) }
        listen(descriptor, 0)
        var configuration = HTTPClient.Configuration()
        configuration.connectTimeout = .milliseconds(50)
        let client = try HTTPClient(configuration)
        let errors = await withTaskGroup(of: HTTPClientError?.self) { group in
            for _ in 0..<6 {
                group.addTask { await failure(of: ClientRequest(.post, "http://127.0.0.1:\(port)/"), client) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(errors.allSatisfy { $0?.code == .timedOut })
        #expect(errors.contains { $0?.requestWasSent == false })
    }

    @Test("A request that got no connection in time was not sent")
    func queueTimeout() async throws {
        let server = ScriptedServer { connection in while connection.readRequest() != nil {} }
        var configuration = HTTPClient.Configuration()
        configuration.connectionsPerHost = 1
        let client = try HTTPClient(configuration)
        async let first = failure(of: ClientRequest(.get, server.url, timeout: .seconds(20)), client)
        _ = await server.requests.first { _ in true }
        // Beyond the connect time-out of the first one, which would wake the loop as well.
        let error = await failure(of: ClientRequest(.get, server.url, timeout: .milliseconds(500)), client)
        #expect(error?.code == .timedOut)
        #expect(error?.requestWasSent == false)
        server.stop()
        #expect(await first?.code == .connectionLost)
    }

    @Test("More waiting requests than allowed are refused at once")
    func overloaded() async throws {
        let server = ScriptedServer { connection in while connection.readRequest() != nil {} }
        var configuration = HTTPClient.Configuration()
        (configuration.connectionsPerHost, configuration.maximumWaiting) = (1, 0)
        let client = try HTTPClient(configuration)
        async let first = failure(of: ClientRequest(.get, server.url, timeout: .seconds(20)), client)
        _ = await server.requests.first { _ in true }
        let error = await failure(of: ClientRequest(.get, server.url), client)
        #expect(error?.code == .overloaded)
        #expect(error?.requestWasSent == false)
        server.stop()
        _ = await first
    }

    @Test(
        "A kept-alive connection that breaks after the request repeats it only when that is safe",
        arguments: [
            (ClientRequest(.get, ""), 2), (ClientRequest(.put, ""), 2), (ClientRequest(.post, ""), 1),
            (ClientRequest(.post, "", isIdempotent: true), 2), (ClientRequest(.get, "", isIdempotent: false), 1),
        ])
    func repetition(request: ClientRequest, attempts: Int) async throws {
        let server = ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write(response())
            _ = connection.readRequest()
        }
        let client = try HTTPClient()
        _ = try await client.send(ClientRequest(.get, server.url + "/first"))
        var request = request
        request.url = server.url + "/second"
        if attempts == 1 {
            let error = await failure(of: request, client)
            #expect(error?.code == .connectionLost)
            #expect(error?.requestWasSent == true)
        } else {
            #expect(try await client.send(request).status == 200)
        }
        client.close()
        server.stop()
        #expect(await server.received(through: 1 + attempts).filter { $0.contains("/second") }.count == attempts)
    }

    @Test(
        "A request that could be read as something else is refused before it is sent",
        arguments: [
            ClientRequest(.get, "ftp://127.0.0.1/"), ClientRequest(.get, "/relative"), ClientRequest(.get, "http://"),
            ClientRequest(.get, "http:///path"), ClientRequest(.get, "http://127.0.0.1:1/a b"),
            ClientRequest(.get, "http://127.0.0.1:1/\r\nX: 1"), ClientRequest(.get, "http://127.0.0.1:1/\0"),
            ClientRequest(.get, "http://127.0.0.1:99999/"),
            ClientRequest(.get, "http://127.0.0.1:1/" + String(repeating: "x", count: 8 << 20)),
            ClientRequest(.get, "http://127.0.0.1:1/", headers: [("X", "1\r\nY: 2")]),
            ClientRequest(.get, "http://127.0.0.1:1/", headers: [("X", "1\0")]),
            ClientRequest(.get, "http://127.0.0.1:1/", headers: [("X: 1\r\nY", "2")]),
            ClientRequest(.get, "http://127.0.0.1:1/", headers: [("", "2")]),
        ])
    func invalid(request: ClientRequest) async throws {
        let error = await failure(of: request, try HTTPClient())
        #expect(error?.code == .invalidRequest, "\(String(describing: error))")
        #expect(error?.requestWasSent == false)
    }
}

/// What `request` fails with, or `nil` when it is answered or fails with another error.
func failure(of request: ClientRequest, _ client: HTTPClient) async -> HTTPClientError? {
    do {
        _ = try await client.send(request)
        return nil
    } catch {
        return error as? HTTPClientError
    }
}
