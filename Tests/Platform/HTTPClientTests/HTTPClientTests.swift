import Foundation
import HTTPClient
import Telemetry
import Testing

@Suite(.timeLimit(.minutes(5))) struct HTTPClientTests {
    let client: HTTPClient

    init() throws { client = try HTTPClient() }

    @Test("A request arrives with method, path, headers and body, and its answer comes back whole")
    func roundTrip() async throws {
        let server = ScriptedServer.answering(
            response("201 Created", ["Location: /things/7", "X-Empty:"], body: #"{"id":7}"#))
        let answer = try await client.send(
            ClientRequest(
                .post, server.url + "/things?x=1", headers: [("Content-Type", "application/json"), ("X-Blank", "")],
                body: Data(#"{"a":1}"#.utf8)))
        #expect(answer.status == 201)
        #expect(answer.headers["location"] == "/things/7")
        #expect(answer.headers["x-empty"] == "")
        #expect(answer.headers["x-absent"] == nil)
        #expect(answer.body == Data(#"{"id":7}"#.utf8))
        let request = try #require(await server.requests.first { _ in true })
        #expect(request.hasPrefix("POST /things?x=1 HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n"))
        #expect(request.contains("\r\nContent-Type: application/json\r\n"))
        #expect(request.contains("\r\nX-Blank:\r\n"))
        #expect(request.contains("\r\nContent-Length: 7\r\n"))
        #expect(request.hasSuffix("\r\n\r\n{\"a\":1}"))
    }

    @Test("Each method is sent under its name", arguments: ClientRequest.Method.allCases)
    func methods(method: ClientRequest.Method) async throws {
        let server = ScriptedServer.answering(method == .head ? response() : response(body: "ok"))
        for body in [nil, Data("b".utf8), Data()] where method != .head || body == nil {
            #expect(try await client.send(ClientRequest(method, server.url, body: body)).status == 200)
            let request = try #require(await server.requests.first { _ in true })
            #expect(request.hasPrefix("\(method.rawValue) / HTTP/1.1\r\n"))
            #expect(request.hasSuffix("\r\n\r\n\(body.map { String(decoding: $0, as: UTF8.self) } ?? "")"))
            #expect(!request.lowercased().contains("content-type"))
        }
    }

    @Test("The answer to HEAD has no body, whatever its length says")
    func head() async throws {
        let server = ScriptedServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")
        for _ in 0..<2 { #expect(try await client.send(ClientRequest(.head, server.url)).body.isEmpty) }
        #expect(server.connectionCount == 1)
    }

    @Test("Requests one after the other share one connection")
    func keepAlive() async throws {
        let server = ScriptedServer.answering(response(body: "x"))
        for index in 0..<20 {
            #expect(try await client.send(ClientRequest(.get, server.url + "/\(index)")).status == 200)
        }
        #expect(server.connectionCount == 1)
    }

    @Test("An error status or a redirect is an answer", arguments: [204, 301, 404, 500, 503])
    func statuses(status: Int) async throws {
        let body = status == 204 ? "" : "why"
        let server = ScriptedServer.answering(response("\(status) Because", ["Location: /elsewhere"], body: body))
        let answer = try await client.send(ClientRequest(.get, server.url))
        #expect(answer.status == status)
        #expect(answer.body == Data(body.utf8))
        #expect(server.connectionCount == 1)
    }

    @Test("A chunked answer after 100 Continue is put together, and the interim headers are dropped")
    func chunked() async throws {
        let server = ScriptedServer.answering(
            "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")
        let answer = try await client.send(ClientRequest(.get, server.url))
        #expect(answer.body == Data("abcdefg".utf8))
        #expect(answer.headers["x-interim"] == nil)
    }

    @Test("Large bodies and many long headers pass in both directions")
    func large() async throws {
        let long = String(repeating: "y", count: 3000)
        let server = ScriptedServer.answering(
            response("200 OK", ["X-Long: \(long)"], body: String(repeating: "z", count: 1 << 20)))
        let headers = (0..<20).map { (name: "X-\($0)", value: long + "\($0)") }
        let request = ClientRequest(
            .put, server.url, headers: headers, body: Data(repeating: 0x61, count: 3 << 20), timeout: .seconds(20))
        for _ in 0..<2 {
            let answer = try await client.send(request)
            #expect(answer.body.count == 1 << 20)
            #expect(answer.headers["x-long"] == long)
            let received = try #require(await server.requests.first { _ in true })
            #expect(received.utf8.count > 3 << 20)
            for (name, value) in headers { #expect(received.contains("\r\n\(name): \(value)\r\n")) }
        }
    }

    @Test("The trace of the cause is passed on, unless the request names its own")
    func traceparent() async throws {
        let server = ScriptedServer.answering(response())
        let cause = Cause(id: "c-1", continuing: nil)
        try await Cause.$current.withValue(cause) {
            _ = try await client.send(ClientRequest(.get, server.url))
            let sent = try #require(await server.requests.first { _ in true })
            #expect(sent.contains("\r\ntraceparent: \(cause.traceparent)\r\n"))
            _ = try await client.send(ClientRequest(.get, server.url, headers: [("Traceparent", "own")]))
            let own = try #require(await server.requests.first { _ in true })
            #expect(own.contains("\r\nTraceparent: own\r\n"))
            #expect(!own.contains(cause.traceparent))
        }
        _ = try await client.send(ClientRequest(.get, server.url))
        let without = try #require(await server.requests.first { _ in true })
        #expect(!without.lowercased().contains("traceparent"))
    }
}

@Suite(.timeLimit(.minutes(5))) struct ManyRequestsTests {
    @Test("Requests over the limit wait for a connection, and all are answered")
    func limit() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.connectionsPerHost = 8
        configuration.timeout = .seconds(30)
        let client = try HTTPClient(configuration)
        let server = ScriptedServer { connection in
            while let request = connection.readRequest() {
                connection.write(response(body: String(request.split(separator: " ")[1])))
            }
        }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<500 {
                group.addTask {
                    let answer = try await client.send(ClientRequest(.get, server.url + "/\(index)"))
                    return answer.body == Data("/\(index)".utf8)
                }
            }
            for try await isOwnAnswer in group { #expect(isOwnAnswer) }
        }
        #expect((1...8).contains(server.connectionCount))
    }

    @Test("128 requests are under way at the same time")
    func concurrency() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.connectionsPerHost = 128
        configuration.timeout = .seconds(30)
        configuration.connectTimeout = .seconds(30)
        let client = try HTTPClient(configuration)
        let gate = Gate()
        let server = ScriptedServer { connection in
            while connection.readRequest() != nil {
                gate.wait()
                connection.write(response())
            }
        }
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<128 { group.addTask { try await client.send(ClientRequest(.post, server.url)).status } }
            var arrived = 0
            for await _ in server.requests {
                arrived += 1
                if arrived == 128 { break }
            }
            gate.open()
            for try await status in group { #expect(status == 200) }
        }
    }

    @Test("Two hosts do not share a limit")
    func twoHosts() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.connectionsPerHost = 1
        configuration.timeout = .seconds(30)
        let client = try HTTPClient(configuration)
        let gate = Gate()
        let stuck = ScriptedServer { connection in
            while connection.readRequest() != nil {
                gate.wait()
                connection.write(response("201 Created"))
            }
        }
        let other = ScriptedServer.answering(response())
        async let late = client.send(ClientRequest(.get, stuck.url))
        _ = await stuck.requests.first { _ in true }
        #expect(try await client.send(ClientRequest(.get, other.url)).status == 200)
        gate.open()
        #expect(try await late.status == 201)
    }
}
