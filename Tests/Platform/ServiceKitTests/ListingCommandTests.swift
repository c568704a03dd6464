import HTTPServer
import ServiceTestSupport
import Testing

@testable import ServiceKit

/// How commands meet the rows of a resource.
@Suite struct ListingCommandTests {
    private let porter: ServiceHarness<Porter>

    init() async throws { porter = try await ServiceHarness<Porter>() }

    private func enter(_ body: String = #"{"name":"Tom"}"#, key: String? = nil) async throws -> Answer {
        try await porter.post("/guests", body, headers: key.map { [("Idempotency-Key", $0)] } ?? [])
    }

    private func guests() async throws -> Int { try await porter.number("SELECT count(*) FROM guests") }

    @Test("A new row is answered with its place and version")
    func entered() async throws {
        let answer = try await enter()
        #expect(answer.status == 201)
        #expect(answer.header("Location") == "http://localhost/guests/1")
        #expect(answer.header("ETag") == "\"1\"")
        #expect(answer["name"] == "Tom")
    }

    @Test("A row is entered once for each Idempotency-Key, and every repetition gets the first answer")
    func repeated() async throws {
        let first = try await enter(key: "k")
        let second = try await enter(key: "k")
        #expect(first.status == 201 && second.status == 201)
        #expect(second.body == first.body && !first.body.isEmpty)
        #expect(second.response.headers.map(\.name) == first.response.headers.map(\.name))
        #expect(second.header("Location") == "http://localhost/guests/1")
        #expect(try await guests() == 1)
    }

    @Test("A key that comes with another body is refused, and enters nothing")
    func reused() async throws {
        _ = try await enter(key: "k")
        let answer = try await enter(#"{"name":"Mia"}"#, key: "k")
        #expect(answer.status == 422)
        #expect(answer["detail"] == "The Idempotency-Key was used for another request")
        #expect(try await guests() == 1)
    }

    @Test("A command changes the row, tells of it and answers with the next version")
    func command() async throws {
        _ = try await enter()
        let answer = try await porter.put("/guests/1/greet", headers: [("If-Match", "\"1\"")])
        #expect(answer.status == 200)
        #expect(answer.header("ETag") == "\"2\"")
        #expect(answer.links == ["self", "guest"])
        #expect(try await porter.published().map(\.type) == ["Greeted"])
    }

    @Test("A move that is illegal now is 409 with the status, and tells nothing")
    func illegal() async throws {
        _ = try await enter()
        _ = try await porter.put("/guests/1/greet")
        let answer = try await porter.put("/guests/1/greet")
        #expect(answer.status == 409)
        #expect(answer["currentStatus"] == "greeted")
        #expect(answer["detail"] == "greeted 상태에서는 할 수 없는 명령입니다.")
        #expect(try await porter.get("/guests/1").header("ETag") == "\"2\"")
        #expect(try await porter.published().count == 1)
    }

    @Test(
        "A command on another version than the client has seen is 412, on what is not there 404",
        arguments: ["PUT", "PATCH"])
    func preconditions(method: String) async throws {
        _ = try await enter()
        let path = method == "PUT" ? "/greet" : ""
        let stale = try await porter.send(method, "/guests/1" + path, headers: [("If-Match", "\"7\"")])
        #expect(stale.status == 412)
        #expect(try await porter.send(method, "/guests/9" + path).status == 404)
        #expect(try await porter.published().isEmpty)
        #expect(try await porter.send(method, "/guests/1" + path, headers: [("If-Match", "\"1\"")]).status == 200)
    }
}
