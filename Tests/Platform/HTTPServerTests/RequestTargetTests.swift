import Foundation
import HTTPServer
import Testing

@Suite struct RequestTargetTests {
    @Test(
        "A path is split before it is decoded",
        arguments: [
            ("/", []), ("/things", ["things"]), ("/things/", ["things"]), ("/a//b", ["a", "", "b"]),
            ("/a%2Fb/c", ["a/b", "c"]), ("/%EA%B9%80%EC%B9%98", ["김치"]), ("/김치", ["김치"]), ("/a+b", ["a+b"]),
            ("http://host:80/a?b", ["a"]), ("HTTP://host", []), ("/a?b/c", ["a"]), ("*", []),
        ] as [(String, [String])])
    func segments(target: String, expected: [String]) throws {
        #expect(try RequestTarget(target).segments == expected)
    }

    @Test(
        "A target that is not percent-encoded UTF-8 is a bad request",
        arguments: ["/%00", "/a%", "/a%2", "/a%zz", "/%FF", "/%C0%AF", "/%ED%A0%80", "/a?b=%00", "/a?b=%FF", "a", ""])
    func refused(target: String) async {
        #expect(throws: BadRequest.self) { try RequestTarget(target) }
        #expect(await Router().respond(to: HTTPRequest("GET", target)).status == 400)
    }

    @Test(
        "A query item is found and decoded",
        arguments: [
            ("/?q=a", "a"), ("/?p=1&q=a+b", "a b"), ("/?q=%EA%B9%80", "김"), ("/?q=", ""), ("/?q", ""), ("/?p=q", nil),
            ("/", nil), ("/?q=a%2Bb", "a+b"), ("/?q=a=b", "a=b"), ("/?q=1&q=2", "1"), ("/?%71=x", "x"),
        ] as [(String, String?)])
    func query(target: String, expected: String?) {
        #expect(HTTPRequest("GET", target).query("q") == expected)
    }

    @Test("A required query item that is missing is named")
    func required() {
        let error = #expect(throws: BadRequest.self) { try HTTPRequest("GET", "/?q=").requiredQuery("q") }
        #expect(error?.problem.fields.map(\.field) == ["q"])
    }

    @Test("Header names are compared without case", arguments: ["X-Some-Thing", "x-some-thing", "X-SOME-THING"])
    func headers(name: String) {
        let request = HTTPRequest("GET", "/", headers: ["X-Some-Thing": "1", "x-some-thing": "2", "X-Some_Thing": "3"])
        #expect(request.headers[name] == "1")
        #expect(request.headers.all(name) == ["1", "2"])
        #expect(request.headers["X[Some[Thing"] == nil)
    }
}
