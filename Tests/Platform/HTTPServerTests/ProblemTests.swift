import Foundation
import HTTPServer
import Testing

@Suite struct ProblemTests {
    private func answer(_ failure: any HTTPFailure) async -> HTTPResponse {
        var router = Router()
        router.get("/things") { _ in throw failure }
        return await router.respond(to: HTTPRequest("GET", "/things"))
    }

    @Test("A problem has the members of RFC 9457 and those of Spring")
    func members() async throws {
        let response = await answer(InvalidFields([.init("name", "is \"odd\"", rejected: "김\n")]))
        #expect(
            Set(response.object.keys) == [
                "type", "title", "status", "detail", "timestamp", "error", "message", "path", "errors",
            ])
        #expect(response.object["type"] as? String == "about:blank")
        #expect(response.object["status"] as? Int == 422)
        #expect(response.object["error"] as? String == "Unprocessable Content")
        #expect(response.object["message"] as? String == response.object["detail"] as? String)
        #expect(response.errors == ["name: is \"odd\""])
        let entry = try #require((response.object["errors"] as? [[String: Any]])?.first)
        #expect(entry["rejectedValue"] as? String == "김\n")
        let time = try #require(response.object["timestamp"] as? String)
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00/) != nil)
    }

    @Test("A problem is written in this order, its own members last")
    func document() async {
        struct Odd: HTTPFailure {
            let problem = Problem(
                422, "It's \"odd\"", fields: [.init("a", "is odd", rejected: "1"), .init("b", "is too")]
            )
            .with("word", "김\n").with("number", -3)
        }
        let text = await answer(Odd()).text.replacing(/"timestamp":"[^"]*"/, with: #""timestamp":"now""#)
        #expect(
            text == #"{"type":"about:blank","title":"Unprocessable Content","status":422,"detail":"It's \"odd\"","#
                + #""timestamp":"now","error":"Unprocessable Content","message":"It's \"odd\"","path":"/things","#
                + #""errors":[{"field":"a","message":"is odd","rejectedValue":"1"},{"field":"b","message":"is too"}],"#
                + #""word":"김\n","number":-3}"#)
    }

    @Test(
        "Each failure has its status",
        arguments: [
            (BadRequest(""), 400), (NotFound(), 404), (MethodNotAllowed(allow: "GET"), 405), (Conflict(""), 409),
            (PreconditionFailed(), 412), (ContentTooLarge(limit: 1), 413), (UnsupportedMediaType(), 415),
            (InvalidFields([]), 422), (ServiceUnavailable(retryAfter: 3), 503),
        ] as [(any HTTPFailure, Int)])
    func status(failure: any HTTPFailure, expected: Int) async {
        let response = await answer(failure)
        #expect(response.status == expected)
        #expect(response.object["error"] as? String != "Status \(expected)")
    }

    @Test("A refusal for now says when to come back")
    func retryAfter() async {
        #expect(await answer(ServiceUnavailable(retryAfter: 3)).header("Retry-After") == "3")
    }
}
