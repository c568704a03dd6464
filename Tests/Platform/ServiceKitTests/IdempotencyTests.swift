import Foundation
import FreshDatabase
import HTTPServer
import Persistence
import ServiceTestSupport
import Testing
import Time

@testable import ServiceKit

/// Answers that are kept for repetitions.
@Suite struct IdempotencyTests {
    private struct Refused: Error {}
    private let clock = TestClock()
    private let database: Database

    init() async throws {
        database = try Database.open(url: FreshDatabase.url(), clock: clock.read)
        try await database.migrate(Idempotency.migrations)
    }

    /// - Returns: `nil` when the answer was one from before.
    private func ask(_ key: String?, _ body: String = "", path: String = "/", answer: HTTPResponse = .noContent)
        async throws -> (response: HTTPResponse, isNew: Bool)
    {
        let request = HTTPRequest(
            "POST", path, headers: key.map { ["Idempotency-Key": $0] } ?? [:], body: Data(body.utf8))
        return try await database.write { transaction in
            var isNew = false
            let response = try Idempotency.once(request, in: transaction) {
                isNew = true
                return answer
            }
            return (response, isNew)
        }
    }

    @Test("The first answer comes again with status, fields and body")
    func again() async throws {
        let headers = [("Content-Type", "x/y"), ("Location", "/\"가\""), ("Location", "b")]
        let answer = HTTPResponse(status: 402, headers: headers, body: Data([0, 255, 10]))
        #expect(try await ask("k", answer: answer).isNew)
        let (response, isNew) = try await ask("k")
        #expect(!isNew)
        #expect(response.status == 402)
        #expect(response.headers.map { "\($0.name): \($0.value)" } == headers.map { "\($0.0): \($0.1)" })
        #expect(response.body == Data([0, 255, 10]))
    }

    @Test("Without a key, or with another one, a request is a new one")
    func others() async throws {
        for key in [nil, nil, "a", "b"] { #expect(try await ask(key).isNew) }
    }

    @Test("A key belongs to one path and body", arguments: [("/", "1"), ("/other", "")])
    func another(path: String, body: String) async throws {
        _ = try await ask("k")
        let error = await #expect(throws: IdempotencyKeyReused.self) { try await ask("k", body, path: path) }
        #expect(error?.problem.status == 422)
    }

    @Test(
        "An answer that was kept meanwhile undoes nothing, and is repeated to the same request",
        arguments: ["", "other"])
    func meanwhile(body: String) async throws {
        _ = try await ask("k", answer: HTTPResponse(status: 201))
        let request = HTTPRequest("POST", "/", headers: ["Idempotency-Key": "k"], body: Data(body.utf8))
        let response = try await database.write { transaction in
            try transaction.execute("CREATE TABLE effects (id INTEGER)")
            return try Idempotency.keep(.noContent, to: request, in: transaction)
        }
        #expect(response.status == (body.isEmpty ? 201 : 204))
        #expect(try await database.read { try $0.query("SELECT id FROM effects") { try $0.integer(0) } } == [])
    }

    @Test("A key whose request failed is free")
    func failed() async throws {
        let request = HTTPRequest("POST", "/", headers: ["Idempotency-Key": "k"])
        await #expect(throws: Refused.self) {
            try await database.write { try Idempotency.once(request, in: $0) { throw Refused() } }
        }
        #expect(try await ask("k").isNew)
    }

    @Test("An answer is forgotten when it is older than it has to be, some at a time")
    func purge() async throws {
        for key in ["a", "b", "c"] {
            _ = try await ask(key)
            clock.advance(seconds: 10)
        }
        let limit = clock.now + .seconds(-15)
        let counts = try await database.write { transaction in
            try (0..<3).map { _ in try Idempotency.purge(olderThan: limit, atMost: 1, in: transaction) }
        }
        #expect(counts == [1, 1, 0])
        #expect(try await ask("a").isNew)
        #expect(try await !ask("c").isNew)
    }
}
