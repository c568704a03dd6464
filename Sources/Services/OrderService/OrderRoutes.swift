import HTTPServer
import Messaging
import Persistence
import ServiceKit

/// What customers ask of this service over HTTP.
struct OrderRoutes: Sendable {
    let database: Database
    let placeOrder: PlaceOrder

    func add(to router: inout Router) {
        router.offer([Orders.listing, OrderInfos.listing, Menus.listing], from: database)
        router.post("/orders", place)
        router.delete("/orders/:id", cancel)
        router.alias("/orderViews", for: "/orderInfos")
    }

    /// 202 while the store decides, and again for a repetition; 404; 409 when it is too late; 412.
    private func cancel(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: CancelForm = request.body.isEmpty ? CancelForm() : try request.decode()
        let reason = try form.checked()
        let order = try await database.write { transaction in
            let order = try Orders.listing.require(request, in: transaction)
            if order.cancellation == .asked { return order }
            return try Orders.all.update(order, in: transaction) { try $0.requestCancel(reason: reason) }
        }
        return try Orders.listing.answer(order, to: request, status: 202)
    }

    /// 201 with the paid order; see ``PlaceOrder`` for the refusals.
    private func place(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: OrderForm = try request.decode()
        let order = try await placeOrder(form, fingerprint: request.fingerprint, key: request.idempotencyKey())
        return try Orders.listing.answer(order.asFirstAnswered, to: request, status: 201)
    }
}
