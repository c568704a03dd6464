public import HTTPServer
public import Persistence

/// A database that is locked, full or closed is a matter of waiting; anything else is a bug, told to the log only.
extension DatabaseError: HTTPFailure {
    public var problem: Problem {
        isRetriable
            ? ServiceUnavailable("The database is not available for the moment", retryAfter: 2).problem : Problem(500)
    }
}
