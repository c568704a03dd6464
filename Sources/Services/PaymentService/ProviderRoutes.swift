import HTTPServer
import Time

/// The switch that makes the embedded provider slow, failing or down. For whoever operates this service: it is not in the
/// directory, and the gateway does not know it.
struct ProviderRoutes: Sendable {
    let provider: EmbeddedProvider

    func add(to router: inout Router) {
        router.get("/admin/provider") { _ in try .json(ProviderBody(provider.behaviour)) }
        router.put("/admin/provider", change)
    }

    /// 200 with how it is now; what is left out stays. 422.
    private func change(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: ProviderForm = try request.decode()
        provider.behaviour = try form.checked(provider.behaviour)
        return try .json(ProviderBody(provider.behaviour))
    }
}

private struct ProviderBody: Encodable {
    let mode: String
    let delayMs: Int
    let failPercent: Int

    init(_ behaviour: EmbeddedProvider.Behaviour) {
        mode = behaviour.mode.rawValue
        (delayMs, failPercent) = (behaviour.delay.milliseconds, behaviour.failPercent)
    }
}

struct ProviderForm: Decodable, Sendable {
    var mode: String?
    var delayMs: LenientInt?
    var failPercent: LenientInt?

    /// Milliseconds.
    static let delay = 1...10_000
    static let percent = 1...100

    func checked(_ now: EmbeddedProvider.Behaviour) throws(InvalidFields) -> EmbeddedProvider.Behaviour {
        let words = EmbeddedProvider.Mode.allCases.map(\.rawValue).joined(separator: ", ")
        var (next, wrong) = (now, [Problem.Field]())
        if let mode {
            next.mode = EmbeddedProvider.Mode(rawValue: mode) ?? now.mode
            if next.mode.rawValue != mode { wrong.append(.init("mode", "must be one of \(words)")) }
        } else if delayMs == nil, failPercent == nil {
            wrong.append(.init("mode", "give a mode (\(words)), delayMs or failPercent"))
        }
        if let delayMs { next.delay = .milliseconds(delayMs.value) }
        if let failPercent { next.failPercent = failPercent.value }
        if !Self.delay.contains(delayMs?.value ?? Self.delay.lowerBound) {
            wrong.append(.init("delayMs", "must be \(Self.delay.lowerBound) to \(Self.delay.upperBound)"))
        }
        if !Self.percent.contains(failPercent?.value ?? Self.percent.lowerBound) {
            wrong.append(.init("failPercent", "must be \(Self.percent.lowerBound) to \(Self.percent.upperBound)"))
        }
        guard wrong.isEmpty else { throw InvalidFields(wrong) }
        return next
    }
}
