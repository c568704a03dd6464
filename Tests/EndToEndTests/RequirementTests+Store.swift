import Foundation
import HTTPClient
import Testing

extension EndToEndTests.RequirementTests {
    @Test("R3: a paid order reaches the store's owner, one that is not paid does not", arguments: Setup.all)
    func paidOrderReachesOwner(setup: Setup) async throws {
        let store = try await Self.store(setup)
        _ = try await store.enter("연어초밥", price: 9_000_000, stock: 10)
        let declined = "r-\(UUID().uuidString.prefix(8))"
        #expect(try await store.ask(declined, for: "연어초밥:2", at: 18_000_000).status == 402)
        let orderId = try await store.order("연어초밥:1", at: 9_000_000)
        let order = try await store.owner(orderId)
        #expect(order["status"] as? String == "orderCmplt")
        #expect(order["orderInfo"] as? String == "연어초밥:1")
        #expect(order["custAddr"] as? String == "불정로 10")
        #expect(order["custTel"] as? String == "010-1234-5678")
        #expect(order["totPrice"] as? Int == 9_000_000)
        await store.becomes("orderCmplt", orderId)
        #expect(try await store.owner(declined)["status"] as? Int == 404)
    }

    @Test(
        "R4: the owner accepts an order or rejects it, once, and a full kitchen rejects by itself", arguments: Setup.all
    )
    func ownerAnswers(setup: Setup) async throws {
        let store = try await Self.store(setup, capacity: 2)
        _ = try await store.enter("물회", price: 15_000, stock: 10)
        let (first, second) = (try await store.order("물회:1", at: 15_000), try await store.order("물회:2", at: 30_000))
        let third = try await store.order("물회:3", at: 45_000)
        #expect(try await store.owner(third)["reason"] as? String == "주방이 가득 찼습니다.")
        await store.isRefunded(third)
        try await store.give("accept", to: first, #"{"cookMinutes":20}"#)
        await store.becomes("orderAccept", first)
        try await store.give("reject", to: second, #"{"reason":"재료 소진"}"#)
        await store.isRefunded(second)
        #expect(try await store.customer(second)["reason"] as? String == "재료 소진")
        for command in ["accept", "reject"] {
            let body = #"{"cookMinutes":20,"reason":"재료 소진"}"#
            #expect(try await store.insist(on: command, of: first, body).status == 409)
            #expect(try await store.insist(on: command, of: second, body).status == 409)
        }
        await eventually("the menu shows what is left") { try await store.menu("물회")?["stock"] as? Int == 9 }
    }

    @Test(
        "R5: the owner says when the food will be ready, and marks when cooking starts and ends", arguments: Setup.all)
    func ownerCooks(setup: Setup) async throws {
        let store = try await Self.store(setup)
        _ = try await store.enter("칼국수", price: 8_000, stock: 10)
        let orderId = try await store.order("칼국수:1", at: 8_000)
        #expect(try await store.insist(on: "startCooking", of: orderId).status == 409)
        let accepted = try await store.give("accept", to: orderId, #"{"cookMinutes":20}"#)
        await store.becomes("orderAccept", orderId)
        #expect(accepted["cmpltTime"] != nil)
        #expect(try await store.customer(orderId)["cmpltTime"] as? String == accepted["cmpltTime"] as? String)
        let delayed = try await store.give("delay", to: orderId, #"{"cookMinutes":40}"#)
        #expect(delayed["cmpltTime"] as? String != accepted["cmpltTime"] as? String)
        await eventually("the customer sees the new time") {
            try await store.customer(orderId)["cmpltTime"] as? String == delayed["cmpltTime"] as? String
        }
        #expect(try await store.insist(on: "finishCooking", of: orderId).status == 409)
        try await store.give("startCooking", to: orderId)
        await store.becomes("cookStart", orderId)
        try await store.give("finishCooking", to: orderId)
        await eventually("owner and customer see that it is cooked") {
            // A rider may be assigned before that.
            let cooked = ["cookCmplt", "riderAssign"]
            return cooked.contains(try await store.customer(orderId)["status"] as? String ?? "")
        }
    }

    @Test("R5: an order whose cooking does not begin, or end, in time is canceled and refunded", arguments: Setup.all)
    func cookingTakesTooLong(setup: Setup) async throws {
        let store = try await Self.store(setup)
        _ = try await store.enter("감자탕", price: 12_000, stock: 10)
        let orders = [try await store.order("감자탕:1", at: 12_000), try await store.order("감자탕:2", at: 24_000)]
        let soon = Date().addingTimeInterval(5).formatted(.iso8601)
        for orderId in orders { try await store.give("accept", to: orderId, #"{"cmpltTime":"\#(soon)"}"#) }
        try await store.give("startCooking", to: orders[1])
        for (orderId, reason) in zip(orders, ["조리를 시작하지", "조리를 마치지"]) {
            await store.isRefunded(orderId)
            #expect(try await store.owner(orderId)["status"] as? String == "orderCxl")
            #expect((try await store.customer(orderId)["reason"] as? String)?.contains(reason) == true)
        }
        await eventually("only what was not cooked is back in stock") {
            try await store.menu("감자탕")?["stock"] as? Int == 8
        }
    }

    @Test(
        "R14: the owner enters stock, orders take it, rejections and cancellations give it back", arguments: Setup.all)
    func stock(setup: Setup) async throws {
        let store = try await Self.store(setup)
        let dish = try await store.enter("냉면", price: 9_000, stock: 3)
        #expect(try await store.menu("냉면")?["stock"] as? Int == 3)
        let (first, second) = (try await store.order("냉면:1", at: 9_000), try await store.order("냉면:2", at: 18_000))
        await eventually("the menu shows that nothing is left") {
            try await store.menu("냉면")?["stock"] as? Int == 0
        }
        let late = try await store.order("냉면:1", at: 9_000)
        #expect(try await store.owner(late)["reason"] as? String == "재고가 부족합니다.")
        await store.isRefunded(late)
        try await store.give("reject", to: first, #"{"reason":"재료 소진"}"#)
        #expect(try await store.cancel(second).status == 202)
        for orderId in [first, second] { await store.isRefunded(orderId) }
        #expect(try await store.send(.get, dish, "").json["stock"] as? Int == 3)
        await eventually("the menu shows it again") { try await store.menu("냉면")?["stock"] as? Int == 3 }
    }

    @Test("R14: what the owner changes is on the menu within a second", arguments: Setup.all)
    func menuFollows(setup: Setup) async throws {
        let store = try await Self.store(setup)
        let dish = try await store.enter("막국수", price: 9_000, stock: 3)
        var waits: [Duration] = []
        for price in [9_100, 9_200, 9_300, 9_400, 9_500] {
            let start = ContinuousClock.now
            #expect(try await store.send(.patch, dish, #"{"price":\#(price)}"#).status == 200)
            await eventually("the menu shows \(price)") { try await store.menu("막국수")?["price"] as? Int == price }
            waits.append(.now - start)
        }
        #expect(waits.sorted()[2] < .seconds(1), "the machine may be slow once or twice: \(waits)")
        #expect(try await store.send(.patch, dish, #"{"soldOut":true}"#).status == 200)
        await eventually("the menu shows that it is sold out") {
            try await store.menu("막국수")?["soldOut"] as? Bool == true
        }
        let refused = "r-\(UUID().uuidString.prefix(8))"
        #expect(try await store.ask(refused, for: "막국수:1", at: 9_500).status == 422)
        #expect(try await store.send(.patch, dish, #"{"soldOut":false}"#).status == 200)
        await eventually("it can be ordered again") { try await store.menu("막국수")?["soldOut"] as? Bool == false }
        _ = try await store.order("막국수:1", at: 9_500)
    }
}
