import HTTPServer
import Messaging
import Persistence

/// What happened to an order, and why.
struct TimelineRoutes: Sendable {
    let database: Database

    func add(to router: inout Router) { router.get("/orders/:id/timeline", show) }

    /// 200; 404.
    private func show(_ request: HTTPRequest) async throws -> HTTPResponse {
        let id = try request.parameter("id", as: Int.self)
        let body = try await database.read { connection in
            guard let order = try Orders.all.find(id: id, in: connection) else {
                throw NotFound("There is no such order")
            }
            return TimelineBody(orderId: order.key, try Timeline.steps(of: order.key, in: connection))
        }
        let response = try request.document(body, links: [.to("order", "/orders/\(id)")])
        return response.tagged(EntityTag(hashOf: response.body), for: request)
    }
}
