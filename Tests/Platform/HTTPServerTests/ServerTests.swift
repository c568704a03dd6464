import Foundation
import HTTPServer
import RawHTTP
import Telemetry
import Testing

@Suite(.timeLimit(.minutes(5))) struct ServerTests {
    private func serve(
        _ change: (inout ServerConfiguration) -> Void = { _ in }, _ body: (UInt16) async throws -> Void
    ) async throws {
        var router = Router()
        router.get("/small") { _ in .text("small") }
        router.get("/slow") { _ in
            await Task.yield()
            return .text("slow")
        }
        router.get("/large") { _ in .text(String(repeating: "가", count: 1_000_000)) }
        router.post("/echo") { .text("\($0.body.count) \(String(decoding: $0.body.prefix(40), as: UTF8.self))") }
        router.get("/say/:word") { .text("\(try $0.parameter("word")) \($0.query("q") ?? "")") }
        router.get("/stuck") { _ in
            try await Task.sleep(for: .seconds(3600))
            return .noContent
        }
        router.get("/resumed/:port") { request in
            let port = UInt16(try request.parameter("port")) ?? 0
            let other = await withCheckedContinuation { continuation in
                Task {
                    // The server's thread answers this, so the handler is suspended and has left it.
                    _ = try? await RawClient.exchange(port, "GET /small HTTP/1.0\r\n\r\n")
                    Thread { continuation.resume(returning: currentThread()) }.start()
                }
            }
            return .text(currentThread() == other ? "on its thread" : "elsewhere")
        }
        router.get("/empty") { _ in .noContent }
        router.get("/split") { _ in HTTPResponse(status: 200, headers: [("X-A", "b\r\nX-C: d"), ("X-E", "f")]) }
        var configuration = ServerConfiguration(port: 0)
        change(&configuration)
        let server = try HTTPServer(configuration, router: router)
        do { try await body(server.port) } catch {
            await server.stop(within: .zero)
            throw error
        }
        await server.stop()
    }

    @Test("A response has date, length and body", arguments: ["/small", "/slow"])
    func plain(path: String) async throws {
        try await serve { port in
            let text = try await RawClient.exchange(
                port, "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(text.contains("\r\nDate: "))
            #expect(text.contains("\r\nContent-Length: \(path.count - 1)\r\n"))
            #expect(text.hasSuffix("\r\n\r\n" + path.dropFirst()))
        }
    }

    @Test("A handler goes on where it was resumed, without a thread switch")
    func resumed() async throws {
        try await serve { port in
            let text = try await RawClient.exchange(
                port, "GET /resumed/\(port) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(text.hasSuffix("\r\n\r\non its thread"))
        }
    }

    @Test("HEAD has the length of the body, but no body")
    func head() async throws {
        try await serve { port in
            let text = try await RawClient.exchange(
                port, "HEAD /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(text.contains("\r\nContent-Length: 5\r\n"))
            #expect(text.hasSuffix("\r\n\r\n"))
        }
    }

    @Test("Text of any language arrives in path, query and body")
    func korean() async throws {
        try await serve { port in
            let close = "Host: a\r\nConnection: close\r\n"
            let path = try await RawClient.exchange(
                port, "GET /say/%EA%B9%80%2F%EC%B9%98?q=%EC%B0%8C+%EA%B0%9C HTTP/1.1\r\n\(close)\r\n")
            #expect(path.hasSuffix("\r\n\r\n김/치 찌 개"))
            let raw = try await RawClient.exchange(port, "GET /say/김치?q=찌개 HTTP/1.1\r\n\(close)\r\n")
            #expect(raw.hasSuffix("\r\n\r\n김치 찌개"))
            let body = try await RawClient.exchange(port, "POST /echo HTTP/1.1\r\n\(close)Content-Length: 6\r\n\r\n김치")
            #expect(body.hasSuffix("\r\n\r\n6 김치"))
        }
    }

    @Test("A connection answers one request after the other, also when they come at once")
    func pipelining() async throws {
        try await serve { port in
            let one =
                "GET /slow HTTP/1.1\r\nHost: a\r\n\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
            let last = "GET /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            let text = try await RawClient.exchange(port, one + one + last)
            #expect(text.matches(of: /HTTP\/1.1 200 OK/).count == 5)
            #expect(
                text.matches(of: /2 hi|slow|small/).map { String($0.0) } == ["slow", "2 hi", "slow", "2 hi", "small"])
        }
    }

    @Test("A chunked body is put together")
    func chunked() async throws {
        try await serve { port in
            let text = try await RawClient.exchange(
                port,
                "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n6\r\n김치\r\n0\r\n\r\n")
            #expect(text.hasSuffix("\r\n\r\n9 abc김치"))
        }
    }

    @Test("A body that is too long is refused in good order", arguments: ["length", "chunked", "expect", "huge"])
    func tooLong(form: String) async throws {
        try await serve { port in
            let client = try #require(RawClient(port))
            let size = 2 << 20
            let head = "POST /echo HTTP/1.1\r\nHost: a\r\n"
            switch form {
            case "length":
                await client.send(head + "Content-Length: \(size)\r\n\r\n" + String(repeating: "x", count: size))
            case "chunked":
                let chunk = "10000\r\n" + String(repeating: "x", count: 0x10000) + "\r\n"
                await client.send(
                    head + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 32) + "0\r\n\r\n")
            case "expect": await client.send(head + "Expect: 100-continue\r\nContent-Length: \(size)\r\n\r\n")
            default: await client.send(head + "Content-Length: 99999999999\r\n\r\n")
            }
            let text = await client.response()
            #expect(status(text) == 413)
            #expect(text.contains("application/problem+json"))
        }
    }

    @Test("The longest body that is allowed is accepted")
    func longest() async throws {
        try await serve {
            $0.bodyLimit = 1000
        } _: { port in
            for (size, expected) in [(1000, 200), (1001, 413)] {
                let text = try await RawClient.exchange(
                    port,
                    "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: \(size)\r\n\r\n"
                        + String(repeating: "x", count: size))
                #expect(status(text) == expected)
            }
        }
    }

    @Test("A long response arrives whole")
    func large() async throws {
        try await serve { port in
            let text = try await RawClient.exchange(port, "GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(text.utf8.count > 3_000_000)
            #expect(text.hasSuffix("가가"))
        }
    }

    @Test("204 has no body and no length")
    func empty() async throws {
        try await serve { port in
            let text = try await RawClient.exchange(port, "GET /empty HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(status(text) == 204)
            #expect(!text.contains("Content-Length"))
        }
    }

    @Test("A header value with a line break is not sent")
    func splitting() async throws {
        try await serve { port in
            let text = try await RawClient.exchange(port, "GET /split HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(!text.contains("X-C"))
            #expect(text.contains("X-E: f"))
        }
    }

    @Test("A handler that takes too long is answered for, and cancelled")
    func deadline() async throws {
        try await serve {
            $0.deadline = .milliseconds(50)
        } _: { port in
            let text = try await RawClient.exchange(port, "GET /stuck HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(status(text) == 503)
            #expect(text.contains("Retry-After: 1"))
        }
    }

    @Test("A port in use is reported in a sentence")
    func portInUse() async throws {
        try await serve { port in
            let error = #expect(throws: ServerStartError.self) {
                try HTTPServer(ServerConfiguration(port: port), router: Router())
            }
            #expect("\(error!)" == "cannot listen on 127.0.0.1:\(port): the port is in use by another process")
        }
    }

    @Test("One address may not take all connections")
    func perAddress() async throws {
        try await serve {
            $0.connectionLimitPerAddress = 1
        } _: { port in
            let first = try #require(RawClient(port))
            await first.send("GET /small HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(status(await first.response()) == 200)
            #expect(try await RawClient.exchange(port, "GET /small HTTP/1.1\r\nHost: a\r\n\r\n") == "")
        }
    }
}

private func currentThread() -> pthread_t { pthread_self() }
