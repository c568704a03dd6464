import HTTPServer
import Persistence
import ServiceKit
import Telemetry

/// What the order service, and the bookkeeper, ask of this service over HTTP.
struct PayRoutes: Sendable {
    let database: Database
    let charge: ChargeCustomer

    func add(to router: inout Router) {
        router.offer(PayResources.pays.resource, PayResources.ledgerEntries.resource)
        router.offer(PayResources.pays, from: database)
        router.offer(PayResources.ledgerEntries, from: database)
        router.post("/pays", pay)
        router.get("/pays/search/findByOrderId", findPay)
    }

    /// 201 with the payment; see ``ChargeCustomer`` for the refusals.
    private func pay(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: PayForm = try request.decode()
        let expires = try request.headers["Request-Expires"].map { text in
            guard let time = Timestamp.parse(text) else { throw BadRequest("Request-Expires is no RFC 3339 time") }
            return time
        }
        let stored = try await charge(form.checked(), expires: expires)
        return try PayResources.pays.answer(stored, to: request, status: 201)
    }

    /// Goes through the writer: the answer "not there" must come after every charge that was under way, so that the
    /// order service may rely on it once the charge has expired.
    private func findPay(_ request: HTTPRequest) async throws -> HTTPResponse {
        let orderId = try request.requiredQuery("orderId")
        let stored = try await database.write { try Pays.find(orderId: orderId, in: $0) }
        guard let stored else { throw NotFound("There is no such pay") }
        return try PayResources.pays.answer(stored, to: request)
    }
}
