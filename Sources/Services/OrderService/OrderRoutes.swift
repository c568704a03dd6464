import HTTPServer
import Messaging
import Persistence
import ServiceKit
import Time

/// What customers ask of this service over HTTP.
struct OrderRoutes: Sendable {
    let database: Database
    let placeOrder: PlaceOrder
    let waits: OrderWaits

    func add(to router: inout Router) {
        router.offer([Orders.listing, OrderInfos.listing, Menus.listing], from: database)
        router.post("/orders", place)
        router.delete("/orders/:id", cancel)
        router.put("/orders/:id/confirm", confirm)
        router.alias("/orderViews", for: "/orderInfos")
    }

    /// 202 while the store decides, and again for a repetition; 404; 409 when it is too late; 412.
    private func cancel(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: CancelForm = request.body.isEmpty ? CancelForm() : try request.decode()
        let reason = try form.checked()
        let order = try await database.write { transaction in
            let order = try Orders.listing.require(request, in: transaction)
            if order.cancellation == .asked { return order }
            return try Orders.all.update(order, in: transaction) {
                try $0.requestCancel(reason: reason, answerBy: transaction.now + waits.storeAnswer)
            }
        }
        return try Orders.listing.answer(order, to: request, status: 202)
    }

    /// 200; 404; 409 unless the food was handed over and the customer is asked; 412.
    private func confirm(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await Orders.listing.command(request, on: Orders.all, in: database) { order, _ in try order.confirm() }
    }

    /// 201 with the paid order; see ``PlaceOrder`` for the refusals.
    private func place(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: OrderForm = try request.decode()
        let order = try await placeOrder(form, fingerprint: request.fingerprint, key: request.idempotencyKey())
        return try Orders.listing.answer(order.asFirstAnswered, to: request, status: 201)
    }
}
