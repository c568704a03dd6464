import Foundation
import HTTPClient

/// Customers who order this and that, some of them several times at once, ask again when they get no answer, and cancel
/// some of it.
struct ImpatientCustomers: Sendable {
    /// Dishes whose price nobody changes, with that price.
    private static let menu = [("김치찌개", 6000), ("제육볶음", 6000), ("된장찌개", 5500)]

    let system: FoodSystem
    let promises: Promises
    /// Orders per second of all of them, when nothing is in the way.
    let pace: Double

    func come(_ count: Int, seed: UInt64) -> Crowd {
        Crowd("customer", count, seed: seed) { name, chance in
            await order(as: name, &chance)
            await pause(for: chance.seconds(0...2 * Double(count) / pace))
        }
    }

    /// One order, until there is a final answer or the customer's patience is at its end.
    private func order(as name: String, _ chance: inout Chance) async {
        let request = request(of: name, &chance)
        let copies = chance.happens(0.2) ? Int.random(in: 2...4, using: &chance) : 1
        for attempt in 1...20 {
            let answers = await post(request, copies)
            let isAnswered = !answers.isDisjoint(with: [201, 402])
            if isAnswered && chance.happens(0.9) || !isAnswered && chance.happens(0.05) { return }
            await pause(for: chance.seconds(0...0.2 * Double(attempt)))
        }
    }

    /// An order under an id of its own or, from some customers, with a key in place of the id.
    private func request(of name: String, _ chance: inout Chance) -> ClientRequest {
        let id = "\(name)-\(chance.next() % 1_000_000_000_000)"
        let hasKey = chance.happens(0.2)
        let dishes = Self.menu.shuffled(using: &chance).prefix(Int.random(in: 1...3, using: &chance))
            .map { (name: $0.0, price: $0.1, portions: portions(&chance)) }
        let info = dishes.map { "\($0.name):\($0.portions)" }.joined(separator: ",")
        let price = dishes.reduce(0) { $0 + $1.price * $1.portions }
        let body =
            (hasKey ? "{" : #"{"orderId":"\#(id)","#)
            + #""custId":"\#(name)","custAddr":"불정로 10","custTel":"010-1234-5678","#
            + #""orderInfo":"\#(info)","totPrice":\#(price)}"#
        let headers = [("Content-Type", "application/json")] + (hasKey ? [("Idempotency-Key", id)] : [])
        return ClientRequest(.post, system.url(.order, "orders"), headers: headers, body: Data(body.utf8))
    }

    /// Some want so many that their card is declined.
    private func portions(_ chance: inout Chance) -> Int {
        chance.happens(0.01) ? 2000 : Int.random(in: 1...5, using: &chance)
    }

    /// Sends the same request several times at once.
    private func post(_ request: ClientRequest, _ copies: Int) async -> Set<Int> {
        await withTaskGroup { group in
            for _ in 1...copies { group.addTask { await post(request) } }
            return await group.reduce(into: []) { $0.insert($1) }
        }
    }

    /// - Returns: the status; 0 without an answer.
    private func post(_ request: ClientRequest) async -> Int {
        let answer = try? await system.send(request)
        promises.note("POST /orders", answer, expected: [201, 202, 402, 409])
        guard let answer else { return 0 }
        switch answer.status {
        case 201:
            if let order = answer.document {
                promises.place(order)
                if order.orderId.hasSuffix("3") { await cancel(order) }
            }
        case 402: if let id = request.orderId { promises.decline(id) }
        default: break
        }
        return answer.status
    }
}

extension ImpatientCustomers {
    private func cancel(_ order: OrderDocument) async {
        let answer = try? await system.send(ClientRequest(.delete, order.address))
        promises.note("DELETE /orders", answer, expected: [202, 409])
        if answer?.status == 202 { promises.cancel(order.orderId) }
    }
}

extension ClientRequest {
    /// The id that the customer gave the order in its body.
    fileprivate var orderId: String? {
        struct Named: Decodable { var orderId: String? }
        return body.flatMap { try? JSONDecoder().decode(Named.self, from: $0).orderId }
    }
}

extension ClientResponse {
    var document: OrderDocument? { try? JSONDecoder().decode(OrderDocument.self, from: body) }
}
