import Foundation
import HTTPServer
import Synchronization
import Telemetry
import Testing

@Suite struct MiddlewareTests {
    struct Secret: Error {}

    private func router(_ middleware: Middleware) -> Router {
        var router = Router()
        router.get("/things/:id") { _ in .text(Cause.current.map { "\($0.id) \($0.traceparent)" } ?? "none") }
        router.post("/things") { _ in .noContent }
        router.use(middleware)
        router.get("/late") { _ in throw Secret() }
        return router
    }

    private func answer(_ middleware: Middleware, _ request: HTTPRequest) async -> HTTPResponse {
        await router(middleware).respond(to: request)
    }

    @Test("What a request sets off says which request it was, and not more than fits")
    func causedBy() async {
        var router = Router()
        router.get("/things/:id") { _ in .text(Cause.current?.by ?? "none") }
        router.use(.trace)
        let long = String(repeating: "x", count: 300)
        for (path, by) in [("/things/1?secret=2", "GET /things/1"), ("/things/\(long)", "GET /things/\(long)")] {
            let response = await router.respond(to: HTTPRequest("GET", path))
            #expect(String(decoding: response.body, as: UTF8.self) == by.prefix(200))
        }
    }

    @Test("Every response varies as Spring's does", arguments: ["/things/1", "/late", "/nothing", "/%00"])
    func vary(path: String) async {
        let response = await answer(.cors(), HTTPRequest("GET", path))
        #expect(
            response.headers.filter { $0.name == "Vary" }.map(\.value)
                == ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"])
        #expect(response.header("Access-Control-Allow-Origin") == nil)
    }

    @Test("With credentials the origin is echoed, without it is the wildcard", arguments: [true, false])
    func origin(credentials: Bool) async {
        var policy = CORSPolicy()
        policy.allowsCredentials = credentials
        let response = await answer(.cors(policy), HTTPRequest("GET", "/things/1", headers: ["Origin": "http://a"]))
        #expect(response.header("Access-Control-Allow-Origin") == (credentials ? "http://a" : "*"))
        #expect(response.header("Access-Control-Allow-Credentials") == (credentials ? "true" : nil))
    }

    @Test("A preflight is told the methods of the path")
    func preflight() async {
        let response = await answer(
            .cors(),
            HTTPRequest(
                "OPTIONS", "/things",
                headers: [
                    "Origin": "http://a", "Access-Control-Request-Method": "POST",
                    "Access-Control-Request-Headers": "content-type",
                ]))
        #expect(response.status == 200)
        #expect(response.header("Access-Control-Allow-Methods") == "POST, OPTIONS")
        #expect(response.header("Access-Control-Allow-Headers") == "content-type")
        #expect(response.header("Access-Control-Max-Age") == "1800")
        #expect(response.header("Access-Control-Allow-Origin") == "http://a")
    }

    @Test("Another origin than those listed gets no permission")
    func foreign() async {
        var policy = CORSPolicy()
        policy.origins = ["http://a"]
        let headers: HTTPHeaders = ["Origin": "http://b", "Access-Control-Request-Method": "POST"]
        #expect(await answer(.cors(policy), HTTPRequest("OPTIONS", "/things", headers: headers)).status == 403)
        let simple = await answer(.cors(policy), HTTPRequest("POST", "/things", headers: headers))
        #expect(simple.header("Access-Control-Allow-Origin") == nil)
    }

    @Test("Requests are timed under the template of their route")
    func metrics() async {
        let metrics = Metrics()
        var router = router(.metrics(metrics))
        router.alias("/sachen", for: "/things")
        for (method, path) in [
            ("GET", "/things/1"), ("GET", "/sachen/2"), ("BREW", "/things/3"), ("GET", "/x"), ("GET", "/late"),
        ] { _ = await router.respond(to: HTTPRequest(method, path)) }
        let text = metrics.render()
        for (labels, count) in [
            (#"method="GET",uri="/things/{id}",status="200",outcome="SUCCESS""#, 2),
            (#"method="OTHER",uri="/things/{id}",status="405",outcome="CLIENT_ERROR""#, 1),
            (#"method="GET",uri="UNKNOWN",status="404",outcome="CLIENT_ERROR""#, 1),
            (#"method="GET",uri="/late",status="500",outcome="SERVER_ERROR""#, 1),
        ] { #expect(text.contains("http_server_requests_seconds_count{\(labels)} \(count)\n")) }
    }

    @Test("The trace of the caller goes on")
    func trace() async {
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let request = HTTPRequest("GET", "/things/1", headers: ["traceparent": parent, "X-Request-Id": "r-1"])
        let response = await answer(.trace, request)
        #expect(response.text == "r-1 \(parent)")
        #expect(response.header("X-Request-Id") == "r-1")
    }

    @Test(
        "A request without a usable id gets a fresh one",
        arguments: [nil, "", "a b", "a\"", String(repeating: "a", count: 129)])
    func freshId(sent: String?) async {
        var ids: Set<String> = []
        for _ in 0..<3 {
            let headers: HTTPHeaders = sent.map { ["X-Request-Id": $0] } ?? [:]
            ids.insert(await answer(.trace, HTTPRequest("GET", "/x", headers: headers)).header("X-Request-Id") ?? "")
        }
        #expect(ids.count == 3)
        #expect(ids.allSatisfy { $0.count == 32 })
    }

    @Test("The log has the cause of a 500, once, and nothing of a refusal")
    func log() async {
        let lines = Lines()
        let log = Log(service: "test", format: .json) { lines.add($0) }
        _ = await answer(.log(log), HTTPRequest("GET", "/late"))
        _ = await answer(.log(log), HTTPRequest("GET", "/nothing"))
        #expect(lines.all.count == 1)
        #expect(lines.all.first?.contains("Secret") == true)
    }

    @Test("Above the limit requests are turned away, and let in again afterwards")
    func overload() async {
        let (gate, open) = AsyncStream<Void>.makeStream()
        let (entered, enter) = AsyncStream<Void>.makeStream()
        var router = Router()
        router.get("/slow") { _ in
            enter.yield()
            for await _ in gate { break }
            return .noContent
        }
        router.get("/fast") { _ in .noContent }
        router.get("/actuator/health") { _ in .noContent }
        router.use(.overloadGuard(limit: 1))
        let shared = router
        async let slow = shared.respond(to: HTTPRequest("GET", "/slow"))
        for await _ in entered { break }
        let refused = await shared.respond(to: HTTPRequest("GET", "/fast"))
        #expect(refused.status == 503)
        #expect(refused.header("Retry-After") == "1")
        #expect(await shared.respond(to: HTTPRequest("GET", "/actuator/health")).status == 204)
        open.yield()
        #expect(await slow.status == 204)
        #expect(await shared.respond(to: HTTPRequest("GET", "/fast")).status == 204)
    }
}

final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}
