import Foundation
import HTTPClient
import Testing

/// Orders that are placed when the faults are over and go a whole way, to the refund. There are so many that every
/// partition gets some; who has read them has read everything that was published before.
struct LastOrders: Sendable {
    private static let count = 400
    private static let sideBySide = 8

    let system: FoodSystem
    let promises: Promises
    let limit: Duration

    func goTheirWay(_ round: String) async {
        await withTaskGroup { group in
            for lane in 0..<Self.sideBySide {
                group.addTask {
                    for number in stride(from: lane, to: Self.count, by: Self.sideBySide) {
                        await place("\(round)-\(number)")
                    }
                    for number in stride(from: lane, to: Self.count, by: Self.sideBySide) {
                        await reject("\(round)-\(number)")
                    }
                    for number in stride(from: lane, to: Self.count, by: Self.sideBySide) {
                        await seeEnd(of: "\(round)-\(number)")
                    }
                }
            }
        }
    }

    private func place(_ id: String) async {
        await eventually("\(id) is taken", within: limit) {
            let answer = try await system.order(id)
            guard answer.status == 201, let order = answer.document else { return false }
            promises.place(order)
            return true
        }
    }

    private func reject(_ id: String) async {
        await eventually("the store has \(id)", within: limit) {
            let found = try await system.get(.store, "orderManages/search/findByOrderId?orderId=\(id)")
            guard let link = found.document?._links["reject"] else { return found.document?.status == "orderReject" }
            let answer = try await system.send(
                ClientRequest(
                    .put, link.href, headers: [("Content-Type", "application/json")],
                    body: Data(#"{"reason":"마감"}"#.utf8)))
            return answer.status == 200
        }
    }

    private func seeEnd(of id: String) async {
        await eventually("customer and owner see the end of \(id)", within: limit) {
            let order = try await system.status(.order, "orders", id)
            let customer = try await system.status(.order, "orderInfos", id)
            let owner = try await system.status(.store, "orderDtls", id)
            return order == "payCxl" && customer == "payCxl" && owner == "orderReject"
        }
    }
}
