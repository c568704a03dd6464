import Contracts
import Events
import HTTPServer
import Messaging
import Persistence
import ServiceKit
import Telemetry
import Time

/// What owners do with the orders on their counter.
struct OrderManageRoutes: Sendable {
    let database: Database
    let clock: Timestamp.Clock

    func add(to router: inout Router) {
        router.offer(StoreResources.orderManages, from: database)
        router.offer(StoreResources.orderDtls, from: database)
        router.get("/orderManages/search/findByOrderId", findOrderManage)
        router.get("/orderDtls/search/findByOrderId", findOrderDtl)
        router.put("/orderManages/:id/accept", accept)
        router.put("/orderManages/:id/reject", reject)
        router.put("/orderManages/:id/startCooking") { try await change($0) { order, _ in try order.startCooking() } }
        router.put("/orderManages/:id/finishCooking") { try await change($0) { order, _ in try order.finishCooking() } }
        router.alias("/foodCookings", for: "/orderManages")
        router.alias("/shopPages", for: "/orderDtls")
    }

    private func findOrderManage(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await StoreResources.orderManages.find(request, by: "order_id", "orderId", from: database)
    }

    private func findOrderDtl(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await StoreResources.orderDtls.find(request, by: "order_id", "orderId", from: database)
    }

    /// 200; 404; 409 unless the order waits for an answer; 412; 422 without a usable time.
    private func accept(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: AcceptForm = try request.decode()
        let cmpltTime = try form.checked(now: clock())
        return try await change(request) { order, transaction in
            guard let store = try Stores.find(id: order.details.storeId, in: transaction) else {
                throw NotFound("There is no such store")
            }
            try Deadlines.clear(OrderManagePolicies.answer, for: order.details.orderId, in: transaction)
            return try order.accept(cmpltTime: cmpltTime, at: store)
        }
    }

    /// 200; 404; 409 unless the order waits for an answer; 412; 422 without a reason. The stock goes back.
    private func reject(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: RejectForm = try request.decode()
        let reason = try form.checked()
        let id = try request.parameter("id", as: Int.self)
        let stored = try await database.write { transaction in
            let stored = try find(id, request, in: transaction)
            return try OrderManagePolicies.reject(stored, reason: reason, in: transaction)
        }
        return try StoreResources.orderManages.answer(stored, to: request)
    }

    private func change(
        _ request: HTTPRequest,
        _ move: @escaping @Sendable (inout OrderManage, Transaction) throws -> [any Event]
    ) async throws -> HTTPResponse {
        let id = try request.parameter("id", as: Int.self)
        let stored = try await database.write { transaction in
            let stored = try find(id, request, in: transaction)
            return try OrderManages.update(stored, in: transaction) { try move(&$0, transaction) }
        }
        return try StoreResources.orderManages.answer(stored, to: request)
    }

    private func find(_ id: Int, _ request: HTTPRequest, in transaction: Transaction) throws -> OrderManages.Stored {
        guard let stored = try OrderManages.find(id: id, in: transaction) else {
            throw NotFound("There is no such orderManage")
        }
        try request.requireMatch(EntityTag(version: stored.version))
        return stored
    }
}

extension IllegalMove: HTTPFailure {
    var problem: Problem {
        Problem(409, "\(from.rawValue) 상태의 주문에는 \(move.rawValue) 명령을 수행할 수 없습니다.").with("orderStatus", from.rawValue)
    }
}
