import Foundation
import HTTPClient
import Time

/// Owners who look at their newest orders and accept, reject, cook, delay and finish them as it comes; some commands they
/// repeat, or give in the wrong order, and some orders they leave unanswered.
struct Owners: Sendable {
    private static let rowsPerPage = 25
    private static let pages = 8
    /// 비빔밥, which nobody orders, so that no order fails because its price has changed.
    private static let repricedDish = "menuItems/4"

    let system: FoodSystem
    let promises: Promises

    func come(_ count: Int, seed: UInt64) -> Crowd {
        Crowd("owner", count, seed: seed) { _, chance in
            for order in await look(&chance) { await act(on: order, &chance) }
            if chance.happens(0.1) { await changePrice(&chance) }
            await pause(for: chance.seconds(0.02...0.1))
        }
    }

    private func look(_ chance: inout Chance) async -> [OrderDocument] {
        let page = Int.random(in: 0..<Self.pages, using: &chance)
        let path = "orderManages?size=\(Self.rowsPerPage)&page=\(page)&sort=id,desc"
        let answer = try? await system.get(.store, path)
        promises.note("GET /orderManages", answer, expected: [200])
        let list = answer.flatMap { try? JSONDecoder().decode(PageDocument<OrderDocument>.self, from: $0.body) }
        return list?._embedded["orderManages"] ?? []
    }

    private func act(on order: OrderDocument, _ chance: inout Chance) async {
        let isLeftUnanswered = order.orderId.hasSuffix("7")
        guard !isLeftUnanswered, chance.happens(0.5), let command = choose(for: order, &chance) else { return }
        for _ in 1...(chance.happens(0.1) ? 2 : 1) { await give(command, order, &chance) }
        if chance.happens(0.2) { await delay(order) }
    }

    /// Usually what can be done with the order now.
    private func choose(for order: OrderDocument, _ chance: inout Chance) -> Promises.Command? {
        let legal = Promises.Command.allCases.first { order._links[$0.rawValue] != nil }
        if chance.happens(legal == nil ? 0.05 : 0.1) { return chance.pick(Promises.Command.allCases) }
        return legal == .accept && chance.happens(0.3) ? .reject : legal
    }

    private func delay(_ order: OrderDocument) async {
        // No longer, as a search for a rider lasts until after that, and the run has to sit it out.
        let time = (Timestamp.now() + .seconds(10)).rfc3339
        let answer = try? await put("\(order.address)/delay", #"{"cmpltTime":"\#(time)"}"#)
        // 422 when a pause has made it a time that is over.
        promises.note("PUT delay", answer, expected: [200, 409, 422])
        guard answer.map({ ![409, 422].contains($0.status) }) ?? true else { return }
        promises.delay(order.orderId, answer?.status == 200 ? answer?.document : nil)
    }

    private func put(_ url: String, _ body: String) async throws -> ClientResponse {
        try await system.send(
            ClientRequest(.put, url, headers: [("Content-Type", "application/json")], body: Data(body.utf8)))
    }

    private func give(_ command: Promises.Command, _ order: OrderDocument, _ chance: inout Chance) async {
        let body =
            switch command {
            case .accept: #"{"cookMinutes":\#(Int.random(in: 1...60, using: &chance))}"#
            case .reject: #"{"reason":"재료 소진 \#(Int.random(in: 1...1000, using: &chance))"}"#
            case .startCooking, .finishCooking: "{}"
            }
        let answer = try? await put("\(order.address)/\(command.rawValue)", body)
        promises.note("PUT \(command.rawValue)", answer, expected: [200, 409])
        if answer?.status == 200, let order = answer?.document { promises.obey(command, order) }
    }

    private func changePrice(_ chance: inout Chance) async {
        let price = Int.random(in: 5000...9000, using: &chance)
        let answer = try? await system.send(.patch, .store, Self.repricedDish, #"{"price":\#(price)}"#)
        promises.note("PATCH price", answer, expected: [200])
    }
}
