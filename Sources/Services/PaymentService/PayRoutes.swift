import HTTPServer
import Persistence
import ServiceKit
import Telemetry
import Time

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

    /// 201 with the payment; 402 when the card was refused, which is stored like it; see ``ChargeCustomer`` for the
    /// other refusals.
    private func pay(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: PayForm = try request.decode()
        let details = try form.checked()
        let expires = try request.headers["Request-Expires"].map { text in
            guard let time = Timestamp(rfc3339: text) else { throw BadRequest("Request-Expires is no RFC 3339 time") }
            return time
        }
        return try await database.write { transaction in
            try Idempotency.once(request, in: transaction) {
                let stored = try charge(details, expires: expires, in: transaction)
                if stored.pay.status == .declined {
                    return HTTPResponse(answering: Declined(reason: stored.pay.reason ?? ""), path: request.path)
                }
                return try PayResources.pays.answer(stored, to: request, status: 201)
            }
        }
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
