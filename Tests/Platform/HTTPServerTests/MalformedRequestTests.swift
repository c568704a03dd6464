import Foundation
import HTTPServer
import RawHTTP
import Testing

@Suite(.timeLimit(.minutes(5))) struct MalformedRequestTests {
    /// Request and the statuses that are right for it; 0 stands for a connection closed without an answer.
    static let requests: [(text: String, statuses: Set<Int>)] = [
        ("GET / HTTP/1.1\r\n\r\n", [400]),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", [400]),
        ("GET / HTTP/9.9\r\nHost: a\r\n\r\n", [400, 505]),
        ("GET /\r\n\r\n", [400, 0]),
        ("nonsense\r\n\r\n", [400, 0]),
        ("\u{16}\u{3}\u{1}\r\n\r\n", [400, 0]),
        ("GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", [400]),
        ("GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", [400]),
        ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", [400]),
        ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", [400]),
        ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", [400, 0]),
        ("GET http://a/ok HTTP/1.1\r\nHost: a\r\n\r\n", [200]),
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", [404]),
        ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", [400]),
        ("BREW /ok HTTP/1.1\r\nHost: a\r\n\r\n", [405]),
        ("GET /ok HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", [400, 0]),
        ("GET /ok HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 60_000))\r\n\r\n", [431, 413]),
        ("GET /\(String(repeating: "x", count: 60_000)) HTTP/1.1\r\nHost: a\r\n\r\n", [414, 431]),
        ("POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [400]),
        ("POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nab", [400]),
        ("POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab", [400]),
        ("POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\nab", [400]),
        ("POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: -2\r\n\r\nab", [400]),
        ("POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 2 2\r\n\r\nab", [400]),
        ("POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nab", [400, 413]),
        ("POST /ok HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nab", [400, 501]),
        ("POST /ok HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", [400, 501]),
        ("POST /ok HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n", [400, 0]),
        ("POST /ok HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nab\r\n0\r\n\r\n", [400, 0]),
        ("POST /ok HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n", [400, 0]),
        ("POST /ok HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nab", [400, 413, 0]),
    ]

    @Test("A malformed request is refused, and the next client is served", arguments: requests.indices)
    func refused(index: Int) async throws {
        let (text, statuses) = Self.requests[index]
        var router = Router()
        router.get("/ok") { _ in .noContent.with("X-Ok", "1") }
        router.get("/fine") { _ in HTTPResponse(status: 200) }
        router.post("/ok") { _ in .noContent }
        let server = try HTTPServer(ServerConfiguration(port: 0), router: router)
        let client = try #require(RawClient(server.port))
        await client.send(text)
        let answer = await client.response()
        let expected = statuses.contains(200) ? statuses.union([204]) : statuses
        #expect(expected.contains(status(answer)), "\(text.prefix(80)) → \(answer.prefix(200))")
        let next = try await RawClient.exchange(
            server.port, "GET /fine HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(status(next) == 200)
        await server.stop()
    }

    @Test("A request that could be read in two ways ends its connection")
    func smuggling() async throws {
        let server = try HTTPServer(ServerConfiguration(port: 0), router: Router())
        let text = try await RawClient.exchange(
            server.port,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                + "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(text.matches(of: /HTTP\/1.1/).count == 1)
        #expect(text.contains("Connection: close"))
        await server.stop()
    }
}
