import Foundation
import HTTPClient
import Testing

/// Orders that are placed when the faults are over and go a whole way, to the refund. There are so many that every
/// partition gets some; who has read them has read everything that was published before.
struct LastOrders: Sendable {
    private static let count = 400
    private static let lanes = 8

    let system: FoodSystem
    let promises: Promises
    let limit: Duration

    func goTheirWay() async {
        await withTaskGroup { group in
            for lane in 1...Self.lanes {
                let ids = (1...Self.count / Self.lanes).map { "last-\(lane)-\($0)" }
                group.addTask {
                    await each(ids, "is taken", place)
                    await each(ids, "reaches the store and is rejected", reject)
                    await each(ids, "is seen as refunded", isSeen)
                }
            }
        }
    }

    /// Takes the same step with one order after another; waits where it does not succeed yet.
    private func each(_ ids: [String], _ what: String, _ step: (String) async throws -> Bool) async {
        var waiting = ids
        await eventually("every last order \(what)", within: limit) {
            while let id = waiting.last {
                guard try await step(id) else { return false }
                waiting.removeLast()
            }
            return true
        }
    }

    private func place(_ id: String) async throws -> Bool {
        let answer = try await system.order(id)
        guard answer.status == 201, let order = answer.document else { return false }
        promises.place(order)
        return true
    }

    private func reject(_ id: String) async throws -> Bool {
        let found = try await system.get(.store, "orderManages/search/findByOrderId?orderId=\(id)")
        guard let link = found.document?._links["reject"] else { return found.document?.status == "orderReject" }
        let answer = try await system.send(
            ClientRequest(
                .put, link.href, headers: [("Content-Type", "application/json")],
                body: Data(#"{"reason":"마감"}"#.utf8)))
        return answer.status == 200
    }

    private func isSeen(_ id: String) async throws -> Bool {
        let order = try await system.status(.order, "orders", id)
        let customer = try await system.status(.order, "orderInfos", id)
        let owner = try await system.status(.store, "orderDtls", id)
        return order == "payCxl" && customer == "payCxl" && owner == "orderReject"
    }
}
