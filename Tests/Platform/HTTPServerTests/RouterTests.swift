import Foundation
import HTTPServer
import Testing

@Suite struct RouterTests {
    struct Refused: HTTPFailure { var problem: Problem { Problem(409, "Not now").with("position", 3) } }
    struct Secret: Error {}

    private var router: Router {
        var router = Router()
        router.get("/things") { _ in .text("list") }
        router.post("/things") { _ in .text("made") }
        router.get("/things/:id") { .text("thing \(try $0.parameter("id"))") }
        router.put("/things/:id/accept") { .text("accepted \(try $0.parameter("id"))") }
        router.get("/things/search/findByName") { .text("found \($0.query("name") ?? "")") }
        router.get("/numbers/:number") { .text("\(try $0.parameter("number", as: Int.self))") }
        router.delete("/refused") { _ in throw Refused() }
        router.delete("/secret") { _ in throw Secret() }
        router.alias("/sachen", for: "/things")
        return router
    }

    @Test(
        "A path leads to its handler",
        arguments: [
            ("GET", "/things", "list"), ("POST", "/things", "made"), ("GET", "/things/7", "thing 7"),
            ("GET", "/things/%EA%B9%80", "thing 김"), ("PUT", "/things/7/accept", "accepted 7"),
            ("GET", "/things/search/findByName?name=%EA%B9%80", "found 김"), ("GET", "/things/search", "thing search"),
            ("GET", "/sachen/7", "thing 7"), ("GET", "/sachen", "list"), ("PUT", "/sachen/7/accept", "accepted 7"),
            ("HEAD", "/things", "list"), ("GET", "/things/", "list"), ("GET", "/numbers/7", "7"),
        ])
    func found(method: String, path: String, expected: String) async {
        let response = await router.respond(to: HTTPRequest(method, path))
        #expect(response.status == 200)
        #expect(response.text == expected)
    }

    @Test(
        "A path that is not in the table is not found",
        arguments: [
            "/", "/nothing", "/things/7/8", "/things//accept", "//things", "/numbers/x", "/THINGS", "*", "/../etc",
        ])
    func unknown(path: String) async {
        let response = await router.respond(to: HTTPRequest("GET", path))
        #expect(response.status == 404)
        #expect(response.header("Content-Type") == "application/problem+json")
    }

    @Test(
        "Another method on a known path is answered with what is allowed",
        arguments: [
            ("DELETE", "/things", "GET, POST, HEAD, OPTIONS"), ("GET", "/things/7/accept", "PUT, OPTIONS"),
            ("BREW", "/sachen/7", "GET, HEAD, OPTIONS"),
        ])
    func otherMethod(method: String, path: String, allow: String) async {
        let response = await router.respond(to: HTTPRequest(method, path))
        #expect(response.status == 405)
        #expect(response.header("Allow") == allow)
    }

    @Test("OPTIONS tells what is allowed")
    func options() async {
        let response = await router.respond(to: HTTPRequest("OPTIONS", "/things"))
        #expect(response.status == 200)
        #expect(response.header("allow") == "GET, POST, HEAD, OPTIONS")
    }

    @Test("An error that knows its status is answered with it")
    func failure() async {
        let response = await router.respond(to: HTTPRequest("DELETE", "/refused?x=1"))
        #expect(response.status == 409)
        #expect(response.object["detail"] as? String == "Not now")
        #expect(response.object["position"] as? Int == 3)
        #expect(response.object["path"] as? String == "/refused")
    }

    @Test("Any other error is a bare 500 whose cause stays inside")
    func crash() async {
        let response = await router.respond(to: HTTPRequest("DELETE", "/secret"))
        #expect(response.status == 500)
        #expect(!response.text.contains("Secret"))
        #expect(response.object["message"] as? String == "Internal Server Error")
        #expect(response.cause is Secret)
    }
}
