import Foundation
import HTTPClient

/// Customers who look at their newest orders and rate what was delivered.
struct Reviewers: Sendable {
    private static let pages = 40

    let system: FoodSystem
    let promises: Promises

    func come(_ count: Int, seed: UInt64) -> Crowd {
        Crowd("reviewer", count, seed: seed) { _, chance in
            for order in await look(&chance) where order._links["review"] != nil {
                if chance.happens(0.3) { await review(order, &chance) }
            }
            await pause(for: chance.seconds(0.1...0.3))
        }
    }

    private func look(_ chance: inout Chance) async -> [OrderDocument] {
        let page = Int.random(in: 0..<Self.pages, using: &chance)
        let answer = try? await system.get(.customer, "myPages?size=25&page=\(page)&sort=id,desc")
        promises.note("GET /myPages", answer, expected: [200])
        let list = answer.flatMap { try? JSONDecoder().decode(PageDocument<OrderDocument>.self, from: $0.body) }
        return list?._embedded["myPages"] ?? []
    }

    private func review(_ order: OrderDocument, _ chance: inout Chance) async {
        let stars = order.portions.keys.sorted().map { name in
            #"{"name":"\#(name)","rating":\#(Int.random(in: 1...5, using: &chance))}"#
        }
        let answer = try? await system.send(
            .post, .customer, "reviews",
            #"{"orderId":"\#(order.orderId)","custId":"\#(order.custId)","text":"잘 먹었습니다","#
                + #""ratings":[\#(stars.joined(separator: ","))]}"#)
        promises.note("POST /reviews", answer, expected: [201, 409])
        if answer?.status == 201 { promises.review(order.orderId) }
    }
}
