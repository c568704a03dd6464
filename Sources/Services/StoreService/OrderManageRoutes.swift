import Contracts
import HTTPServer
import Persistence
import ServiceKit
import Time

/// What owners do with the orders on their counter.
struct OrderManageRoutes: Sendable {
    let database: Database
    let clock: Timestamp.Clock

    func add(to router: inout Router) {
        router.put("/orderManages/:id/accept", accept)
        router.put("/orderManages/:id/reject", reject)
        router.put("/orderManages/:id/startCooking", startCooking)
        router.put("/orderManages/:id/finishCooking", finishCooking)
        router.put("/orderManages/:id/delay", delay)
        router.alias("/foodCookings", for: "/orderManages")
        router.alias("/shopPages", for: "/orderDtls")
    }

    // Each: 200; 404; 409 when the move is not legal now; 412.

    /// 422 without a usable time.
    private func accept(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: ReadyForm = try request.decode()
        let cmpltTime = try form.checked(now: clock())
        return try await OrderManages.listing.command(request, on: OrderManages.all, in: database) {
            try AcceptOrder.accept(&$0, cmpltTime: cmpltTime, in: $1)
        }
    }

    /// 422 without a reason.
    private func reject(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: ReasonForm = try request.decode()
        let reason = try form.checked(atMost: Limits.text)
        return try await OrderManages.listing.command(request, on: OrderManages.all, in: database) {
            try RejectOrder.reject(&$0, reason: reason, in: $1)
        }
    }

    /// 422 without a usable time.
    private func delay(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: ReadyForm = try request.decode()
        let cmpltTime = try form.checked(now: clock())
        return try await OrderManages.listing.command(request, on: OrderManages.all, in: database) { order, _ in
            try order.delay(cmpltTime: cmpltTime)
        }
    }

    private func startCooking(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await OrderManages.listing.command(request, on: OrderManages.all, in: database) { order, _ in
            try order.startCooking()
        }
    }

    private func finishCooking(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await OrderManages.listing.command(request, on: OrderManages.all, in: database) { order, _ in
            try order.finishCooking()
        }
    }
}
