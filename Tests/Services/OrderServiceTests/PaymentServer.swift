import Foundation
import HTTPClient
import HTTPServer
import Resilience
import ServiceTestSupport
import Synchronization
import Telemetry

@testable import OrderService

/// A payment service of its own on a free port, which answers as the test says.
final class PaymentServer: Sendable {
    private let server: HTTPServer
    private let client: HTTPClient
    let breaker: CircuitBreaker

    /// - Parameters:
    ///   - opens: `false` keeps the breaker closed whatever happens.
    ///   - staysOpen: until it lets a trial call through.
    init(
        opens: Bool = true, staysOpen: Duration = .seconds(5), timeout: Duration = .seconds(5),
        answer: @escaping Handler
    ) throws {
        var breaking = CircuitBreaker.Configuration()
        breaking.slowCallRateThreshold = 101  // How quick this machine is decides nothing.
        breaking.waitDurationInOpenState = staysOpen
        if !opens { breaking.failureRateThreshold = 101 }
        breaker = CircuitBreaker(name: "payment", breaking, metrics: Metrics(), log: .silent)
        var configuration = HTTPClient.Configuration()
        configuration.timeout = timeout
        client = try HTTPClient(configuration)
        var router = Router()
        let seen = Seen()
        router.post("/pays") { try await seen.note($0, answer) }
        router.get("/pays/search/findByOrderId") { try await seen.note($0, answer) }
        server = try HTTPServer(ServerConfiguration(port: 0), router: router)
        self.seen = seen
    }

    convenience init(opens: Bool = true, status: Int, body: String = "") throws {
        try self.init(opens: opens) { _ in
            HTTPResponse(status: status, headers: [("Content-Type", "application/json")], body: Data(body.utf8))
        }
    }

    private let seen: Seen

    var payments: HTTPPayments {
        HTTPPayments(url: "http://127.0.0.1:\(server.port)", client: client, breaker: breaker, log: .silent)
    }

    /// What it was sent, in order.
    var received: [HTTPRequest] { seen.requests.withLock { $0 } }

    func stop() async { await server.stop(within: .zero) }

    private final class Seen: Sendable {
        let requests = Mutex<[HTTPRequest]>([])

        func note(_ request: HTTPRequest, _ answer: Handler) async throws -> HTTPResponse {
            requests.withLock { $0.append(request) }
            return try await answer(request)
        }
    }
}
