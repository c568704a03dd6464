import Contracts
import HTTPServer
import Messaging
import Persistence
import ServiceKit
import Time

/// What the order service, the bookkeeper and the operator ask of this service over HTTP.
struct PayRoutes: Sendable {
    let database: Database
    let gateway: any PaymentGateway

    func add(to router: inout Router) {
        router.post("/pays", pay)
        router.put("/pays/:id/cancel", cancel)
    }

    private enum Start {
        case answered(HTTPResponse)
        case mustCall(Pay)
    }

    /// 201 with the payment; 402 when the card was refused, which is stored like it; 503 when the provider is away, or has
    /// not said what became of the charge; see ``ChargeCustomer`` for the other refusals.
    private func pay(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: PayForm = try request.decode()
        let details = try form.checked()
        let expires = try request.headers["Request-Expires"].map { text in
            guard let time = Timestamp(rfc3339: text) else { throw BadRequest("Request-Expires is no RFC 3339 time") }
            return time
        }
        let beginning = try await gateway.begin(details, paymentKey: form.paymentKey)
        let start = try await database.write { transaction -> Start in
            if let known = try Idempotency.answer(to: request, in: transaction) { return .answered(known) }
            let (pay, mustCall) = try ChargeCustomer.begin(details, beginning, expires: expires, in: transaction)
            if mustCall { return .mustCall(pay) }
            return .answered(try Idempotency.keep(try answer(pay, to: request), to: request, in: transaction))
        }
        switch start {
        case .answered(let response): return response
        case .mustCall(let pay): return try await call(pay, request)
        }
    }

    private func call(_ pay: Pay, _ request: HTTPRequest) async throws -> HTTPResponse {
        let answer = await gateway.charge(pay.charge)
        if answer == .notReached {
            try await database.write { try Pays.abandon(pay, in: $0) }
            throw ProviderAway()
        }
        return try await database.write { transaction in
            try ChargeCustomer.settle(pay.key, answer, in: transaction)
            let known = try Pays.all.find(pay.key, in: transaction) ?? pay
            return try Idempotency.keep(try self.answer(known, to: request), to: request, in: transaction)
        }
    }

    /// - Throws: ``ChargeUnsettled`` 503.
    private func answer(_ pay: Pay, to request: HTTPRequest) throws -> HTTPResponse {
        switch pay.status {
        case .requested: throw ChargeUnsettled()
        case .declined: HTTPResponse(answering: Declined(reason: pay.reason ?? ""), path: request.path)
        case .approved, .refunding, .refunded: try Pays.listing.answer(pay, to: request, status: 201)
        }
    }

    /// Gives the money back by hand: 200, and the money may still be on its way; 404; 409 unless the payment stands; 412;
    /// 422.
    private func cancel(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: ReasonForm = request.body.isEmpty ? ReasonForm() : try request.decode()
        let reason = try form.checked(atMost: Limits.text, unsaid: "운영자가 결제를 취소했습니다.")
        let refundCustomer = RefundCustomer(gateway: gateway)
        return try await Pays.listing.command(request, on: Pays.all, in: database) {
            try refundCustomer.refund(&$0, reason: reason, in: $1)
        }
    }
}
