import HTTPServer
import Persistence
import ServiceKit
import Time

/// What the order service, and the bookkeeper, ask of this service over HTTP.
struct PayRoutes: Sendable {
    let database: Database
    let charge: ChargeCustomer

    func add(to router: inout Router) {
        router.offer([Pays.listing, Ledger.listing], from: database)
        router.post("/pays", pay)
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
                let pay = try charge(details, expires: expires, in: transaction)
                if pay.status == .declined {
                    return HTTPResponse(answering: Declined(reason: pay.reason ?? ""), path: request.path)
                }
                return try Pays.listing.answer(pay, to: request, status: 201)
            }
        }
    }
}
