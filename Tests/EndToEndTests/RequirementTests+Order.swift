import Foundation
import HTTPClient
import Testing

extension EndToEndTests.RequirementTests {
    @Test("R1: a customer chooses dishes from the menu and orders them", arguments: Setup.all)
    func choosesAndOrders(setup: Setup) async throws {
        let store = try await Self.store(setup)
        for (dish, price) in [("떡볶이", 4_500), ("순대", 5_000)] {
            _ = try await store.enter(dish, price: price, stock: 10)
        }
        let directory = try await store.system.get(.order, "").json.links
        let searches = try await store.send(.get, #require(directory["menusSearch"]), "").json.links
        let search = try #require(searches["findByStoreId"]).withoutQuery + "?storeId=\(store.id)"
        let menu = try await store.send(.get, search, "").json["_embedded"] as? OwnStore.Document
        let prices = (menu?["menus"] as? [OwnStore.Document] ?? []).compactMap { dish -> (String, Int)? in
            guard let name = dish["name"] as? String, let price = dish["price"] as? Int else { return nil }
            return (name, price)
        }
        #expect(prices.map(\.0) == ["떡볶이", "순대"])
        let items = prices.map { #"{"name":"\#($0.0)","qty":2}"# }.joined(separator: ",")
        let body =
            #"{"custId":"\#(store.custId)","storeId":\#(store.id),"items":[\#(items)],"#
            + #""totPrice":\#(prices.reduce(0) { $0 + 2 * $1.1 })}"#
        let placed = try await store.send(.post, #require(directory["orders"]).withoutQuery, body)
        #expect(placed.status == 201)
        let order = try await store.send(.get, #require(placed.headers["Location"]), "").json
        #expect(order["orderInfo"] as? String == "떡볶이:2,순대:2")
        #expect(order["totPrice"] as? Int == 19_000)
        #expect(order["custId"] as? String == store.custId)
        let orderId = try #require(order["orderId"] as? String)
        await store.becomes("orderCmplt", orderId)
    }

    @Test(
        "R2: an order is paid when it is answered; with a card that is declined none comes into being",
        arguments: Setup.all)
    func paysAtOnce(setup: Setup) async throws {
        let store = try await Self.store(setup)
        _ = try await store.enter("한우구이", price: 9_000_000, stock: 10)
        let paid = "r-\(UUID().uuidString.prefix(8))"
        let answer = try await store.ask(paid, for: "한우구이:1", at: 9_000_000)
        #expect(answer.status == 201)
        #expect(answer.json["status"] as? String == "orderCmplt")
        let pay = try await store.find("pays", .payment, paid)
        #expect(pay["totPrice"] as? Int == 9_000_000, "payment has it before the customer is answered")
        let declined = "r-\(UUID().uuidString.prefix(8))"
        let refusal = try await store.ask(declined, for: "한우구이:2", at: 18_000_000)
        #expect(refusal.status == 402)
        #expect(refusal.headers["Content-Type"] == "application/problem+json")
        #expect(try await store.find("orders", .order, declined)["status"] as? String == "payCxl")
        // What came after it has been heard of, so this would have been.
        let next = try await store.order("한우구이:1", at: 9_000_000)
        await store.becomes("orderCmplt", next)
        #expect(try await store.customer(declined)["status"] as? Int == 404)
        #expect(try await store.owner(declined)["status"] as? Int == 404)
        #expect(try await store.find("myPages", .customer, declined)["status"] as? Int == 404)
        #expect(try await store.timeline(of: declined).isEmpty)
        await eventually("only what was paid is gone") { try await store.menu("한우구이")?["stock"] as? Int == 8 }
    }

    @Test("R6: a customer cancels until cooking starts, and is refunded; then it is refused", arguments: Setup.all)
    func cancelsUntilCooking(setup: Setup) async throws {
        let store = try await Self.store(setup)
        _ = try await store.enter("만두", price: 5_000, stock: 10)
        let fresh = try await store.order("만두:1", at: 5_000)
        let accepted = try await store.order("만두:2", at: 10_000)
        let cooking = try await store.order("만두:3", at: 15_000)
        for orderId in [accepted, cooking] { try await store.give("accept", to: orderId, #"{"cookMinutes":30}"#) }
        await store.becomes("orderAccept", accepted)
        try await store.give("startCooking", to: cooking)
        for orderId in [fresh, accepted] {
            #expect(try await store.cancel(orderId).status == 202)
            await store.isRefunded(orderId)
            #expect(try await store.owner(orderId)["status"] as? String == "orderCxl")
        }
        await eventually("the order follows") {
            try await store.system.status(.order, "orders", cooking) == "cookStart"
        }
        #expect(try await store.find("orders", .order, cooking).links["cancel"] == nil)
        let refusal = try await store.insistOnCancel(of: cooking)
        #expect(refusal.status == 409)
        #expect(refusal.json["detail"] as? String == "조리 시작 이후에는 주문취소가 불가능합니다.")
        await eventually("only what is cooked is gone") { try await store.menu("만두")?["stock"] as? Int == 7 }
    }

    @Test("R6: with CANCEL_UNTIL=acceptance an owner's yes ends the customer's right to cancel", arguments: Setup.all)
    func cancelsUntilAcceptance(setup: Setup) async throws {
        let store = try await Self.store(setup, rules: Self.otherRules)
        _ = try await store.enter("만두", price: 5_000, stock: 10)
        let fresh = try await store.order("만두:1", at: 5_000)
        #expect(try await store.cancel(fresh).status == 202)
        await store.isRefunded(fresh)
        let accepted = try await store.order("만두:2", at: 10_000)
        try await store.give("accept", to: accepted, #"{"cookMinutes":30}"#)
        await store.becomes("orderAccept", accepted)
        #expect(try await store.cancel(accepted).status == 202, "the store decides")
        let text = "주문 승인이후에는 주문취소가 불가능합니다."
        await eventually("the customer sees why not") {
            let order = try await store.customer(accepted)
            return order["status"] as? String == "orderAccept" && order["reason"] as? String == text
        }
        await eventually("the order is free again") {
            try await store.system.status(.order, "orders", accepted) == "orderAccept"
        }
        let refusal = try await store.insistOnCancel(of: accepted)
        #expect(refusal.status == 409)
        #expect(refusal.json["detail"] as? String == text)
        try await store.give("startCooking", to: accepted)
        #expect(try await store.system.status(.payment, "pays", accepted) == nil, "the payment stands")
    }
}

extension String {
    /// Of a link that may be a template.
    fileprivate var withoutQuery: String { String(prefix { $0 != "{" && $0 != "?" }) }
}
