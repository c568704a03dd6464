import Contracts
import HTTPServer
import Persistence
import ServiceKit

/// What customers ask of this service over HTTP.
struct OrderRoutes: Sendable {
    let database: Database
    let placeOrder: PlaceOrder

    func add(to router: inout Router) {
        router.offer(OrderResources.orders.resource, OrderResources.orderInfos.resource, OrderResources.menus.resource)
        router.offer(OrderResources.orders, from: database)
        router.offer(OrderResources.orderInfos, from: database)
        router.offer(OrderResources.menus, from: database)
        router.post("/orders", place)
        router.get("/orders/search/findByOrderId", findOrder)
        router.get("/orderInfos/search/findByOrderId", findOrderInfo)
        router.alias("/orderViews", for: "/orderInfos")
    }

    /// 201 with the paid order; see ``PlaceOrder`` for the refusals.
    private func place(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: OrderForm = try request.decode()
        let stored = try await placeOrder(form, fingerprint: request.fingerprint, key: request.idempotencyKey())
        return try OrderResources.orders.answer(stored.asFirstAnswered, to: request, status: 201)
    }

    private func findOrder(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await OrderResources.orders.find(request, by: "order_id", "orderId", from: database)
    }

    private func findOrderInfo(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await OrderResources.orderInfos.find(request, by: "order_id", "orderId", from: database)
    }
}
