import Events
import HTTPServer
import Persistence
import Testing

@testable import ServiceKit

/// What HTTP makes of errors that know nothing of HTTP.
@Suite struct FailureTests {
    @Test(
        "A database that may work in a moment is 503 with a time to come back",
        arguments: [DatabaseError.Kind.unavailable, .conflict])
    func later(kind: DatabaseError.Kind) {
        let problem = DatabaseError(kind: kind, message: "locked", sql: "SELECT secret").problem
        #expect(problem.status == 503)
        #expect(problem.headers.map { "\($0.name): \($0.value)" } == ["Retry-After: 2"])
    }

    @Test(
        "Any other error of the database is 500 and tells nothing of it",
        arguments: [DatabaseError.Kind.uniqueViolation, .constraintViolation, .other])
    func bug(kind: DatabaseError.Kind) {
        let problem = DatabaseError(kind: kind, message: "no such table", sql: "SELECT secret").problem
        #expect(problem.status == 500)
        #expect(problem.detail == "Internal Server Error")
        #expect(problem.headers.isEmpty)
    }
}
