import Foundation
import HTTPServer
import Testing

@Suite struct PreconditionTests {
    private let current = EntityTag(version: 3)

    @Test(
        "A change needs the version it expects",
        arguments: [
            ([:], true), (["If-Match": "\"3\""], true), (["If-Match": "\"2\", \"3\""], true), (["If-Match": "*"], true),
            (["If-Match": "\"2\""], false), (["If-Match": "W/\"3\""], false), (["If-Match": "3"], false),
            (["If-None-Match": "*"], false), (["If-None-Match": "\"3\""], false), (["If-None-Match": "\"2\""], true),
        ] as [(HTTPHeaders, Bool)])
    func change(headers: HTTPHeaders, isAllowed: Bool) {
        let request = HTTPRequest("PUT", "/", headers: headers)
        let allowed = (try? request.requireMatch(current)) != nil
        #expect(allowed == isAllowed)
    }

    @Test("Nothing matches a resource that does not exist")
    func absent() {
        #expect(throws: PreconditionFailed.self) {
            try HTTPRequest("PUT", "/", headers: ["If-Match": "*"]).requireMatch(nil)
        }
        #expect(throws: Never.self) {
            try HTTPRequest("PUT", "/", headers: ["If-None-Match": "*"]).requireMatch(nil)
        }
    }

    @Test(
        "A client that has the version gets no body",
        arguments: [
            ("GET", "\"3\"", 304), ("HEAD", "\"3\"", 304), ("GET", "W/\"3\"", 304), ("GET", "*", 304),
            ("GET", "\"2\"", 200), ("POST", "\"3\"", 200),
        ])
    func read(method: String, tags: String, expected: Int) {
        let request = HTTPRequest(method, "/", headers: ["If-None-Match": tags])
        let response = HTTPResponse.text("body").tagged(current, for: request)
        #expect(response.status == expected)
        #expect(response.body.isEmpty == (expected == 304))
        #expect(response.header("ETag") == "\"3\"")
    }

    @Test("The tag of a body changes with it")
    func hash() {
        #expect(EntityTag(hashOf: Data("a".utf8)).description == "\"d228cb696f1a8caf78912b704e4a8964\"")
        #expect(EntityTag(hashOf: Data("b".utf8)) != EntityTag(hashOf: Data("a".utf8)))
    }
}

@Suite struct IdempotencyTests {
    @Test(
        "A key is read quoted or bare",
        arguments: [("a-1", "a-1"), ("\"a-1\"", "a-1"), (" a ", "a"), (nil, nil)] as [(String?, String?)])
    func key(value: String?, expected: String?) throws {
        let request = HTTPRequest("POST", "/", headers: value.map { ["Idempotency-Key": $0] } ?? [:])
        #expect(try request.idempotencyKey() == expected)
    }

    @Test(
        "A key that cannot be one is refused",
        arguments: ["", "\"\"", "a b", "김", "a\u{7}", String(repeating: "k", count: 256), "\"a"])
    func badKey(value: String) {
        #expect(throws: BadRequest.self) {
            try HTTPRequest("POST", "/", headers: ["Idempotency-Key": value]).idempotencyKey()
        }
    }

    @Test("Two keys are refused")
    func twoKeys() {
        let request = HTTPRequest("POST", "/", headers: ["Idempotency-Key": "a", "idempotency-key": "b"])
        #expect(throws: BadRequest.self) { try request.idempotencyKey() }
    }

    @Test("The fingerprint is the same for ever, and another one for another request")
    func fingerprint() {
        let one = HTTPRequest.post("/things", "{}").fingerprint
        #expect(one == HTTPRequest.post("/things", "{}").fingerprint)
        #expect(one == "baec150f2da426b611587bef7d2749c5")
        let others = [
            HTTPRequest.post("/things", "{ }"), .post("/thing", "s{}"),
            HTTPRequest("PUT", "/things", body: Data("{}".utf8)),
        ]
        for other in others { #expect(other.fingerprint != one) }
    }
}
