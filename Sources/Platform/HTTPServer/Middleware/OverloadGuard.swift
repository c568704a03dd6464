import Synchronization

extension Middleware {
    /// Answers 503 with `Retry-After: 1` while `limit` requests are being answered, so that no long queue builds up.
    ///
    /// - Parameter exempt: first segments of paths that are always let through, for example those that probes ask.
    public static func overloadGuard(limit: Int, exempt: [String] = ["/actuator"]) -> Middleware {
        let gate = Gate(limit)
        return Middleware { route, next in
            if exempt.contains(where: { route.template.hasPrefix($0) }) { return next }
            return { request in
                guard gate.enter() else {
                    return HTTPResponse(answering: ServiceUnavailable(retryAfter: 1), path: request.path)
                }
                defer { gate.leave() }
                return await next(request)
            }
        }
    }
}

/// Counts who is inside.
private final class Gate: Sendable {
    private let inside = Atomic<Int>(0)
    private let limit: Int

    init(_ limit: Int) { self.limit = limit }

    func enter() -> Bool {
        if inside.wrappingAdd(1, ordering: .relaxed).newValue <= limit { return true }
        leave()
        return false
    }

    func leave() { inside.wrappingSubtract(1, ordering: .relaxed) }
}
