import HTTPServer
import Persistence
import ServiceKit

/// What customers ask of this service over HTTP.
struct OrderRoutes: Sendable {
    let database: Database
    let placeOrder: PlaceOrder

    func add(to router: inout Router) {
        router.offer([Orders.listing, OrderInfos.listing, Menus.listing], from: database)
        router.post("/orders", place)
        router.alias("/orderViews", for: "/orderInfos")
    }

    /// 201 with the paid order; see ``PlaceOrder`` for the refusals.
    private func place(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: OrderForm = try request.decode()
        let order = try await placeOrder(form, fingerprint: request.fingerprint, key: request.idempotencyKey())
        return try Orders.listing.answer(order.asFirstAnswered, to: request, status: 201)
    }
}
