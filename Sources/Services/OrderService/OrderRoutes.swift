import Contracts
import Events
import HTTPServer
import Messaging
import Persistence
import ServiceKit
import SharedKernel
import Time

/// What customers ask of this service over HTTP.
struct OrderRoutes: Sendable {
    let database: Database
    let placeOrder: PlaceOrder
    let cancelOrder: CancelOrder
    let line: WaitingLine

    func add(to router: inout Router) {
        router.post("/orders", place)
        router.delete("/orders/:id", cancel)
        router.put("/orders/:id/pay", pay)
        router.put("/orders/:id/confirm", confirm)
        router.alias("/orderViews", for: "/orderInfos")
    }

    /// 201 with the paid order, 202 with one that waits for its payment; see ``PlaceOrder`` for the refusals.
    private func place(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: OrderForm = try request.decode()
        let order = try await placeOrder.place(form, fingerprint: request.fingerprint, key: request.idempotencyKey())
        return try await waiting(order, request)
            ?? Orders.listing.answer(order.asFirstAnswered, to: request, status: 201)
    }

    /// 202 while the store decides, or while nobody knows whether it was paid; 204 when nobody has paid; the same again for a
    /// repetition; 404; 409 when it is too late; 412.
    private func cancel(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: ReasonForm = request.body.isEmpty ? ReasonForm() : try request.decode()
        let reason = try form.checked(atMost: Limits.text, unsaid: Order.noReason)
        let order = try await database.write { transaction in
            let order = try Orders.listing.require(request, in: transaction)
            return try cancelOrder.cancel(order, reason: reason, in: transaction)
        }
        return order.status == .expired ? .noContent : try Orders.listing.answer(order, to: request, status: 202)
    }

    /// 200 with the paid order; 202 while payment is away; 402; 404; 409 when it does not wait for its payment; 412.
    private func pay(_ request: HTTPRequest) async throws -> HTTPResponse {
        let order = try await line.serve { transaction in
            let order = try Orders.listing.require(request, in: transaction)
            _ = try Order.states.status(after: .retry, from: order.status)
            return order
        }
        if order.isUnpaidForGood { throw PaymentDeclined(reason: order.reason ?? "") }
        return try await waiting(order, request) ?? Orders.listing.answer(order, to: request)
    }

    /// - Returns: `nil` for an order that does not wait for its payment.
    private func waiting(_ order: Order, _ request: HTTPRequest) async throws -> HTTPResponse? {
        guard order.status == .waiting else { return nil }
        let place = try await database.read { try WaitingRoom.place(of: order, in: $0) }
        return try Orders.answer(order, at: max(1, place), to: request)
    }

    /// 200; 404; 409 unless the food was handed over and the customer is asked; 412.
    private func confirm(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await Orders.listing.command(request, on: Orders.all, in: database) { order, _ in try order.confirm() }
    }
}
