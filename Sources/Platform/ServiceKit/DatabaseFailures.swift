public import HTTPServer
public import Persistence

/// A database that is locked, full or closed is a matter of waiting, as is a change by somebody else; anything else is a
/// bug, told to the log only.
extension DatabaseError: HTTPFailure {
    public var problem: Problem {
        switch kind {
        case .unavailable: ServiceUnavailable("The database is not available for the moment", retryAfter: 2).problem
        case .outcomeUnknown:
            ServiceUnavailable("Whether this took effect is not known yet; ask before you repeat it", retryAfter: 2)
                .problem
        case .conflict: ServiceUnavailable("Somebody else changed this at the same moment", retryAfter: 2).problem
        case .uniqueViolation, .constraintViolation, .other: Problem(500)
        }
    }
}
