import Foundation
import HTTPClient
import Testing

extension EndToEndTests {
    /// Orders on their way through all contexts.
    @Suite(.serialized) struct SagaTests {
        @Test("An order travels from the customer to the stove, and every view follows")
        func happyPath() async throws {
            let system = try await FoodSystem.start()
            let placed = try await system.order("s-1")
            #expect(placed.status == 201)
            await eventually("the store has it") {
                try await system.status(.store, "orderManages", "s-1") == "orderCmplt"
            }
            let moves = [
                ("accept", #"{"cookMinutes":20}"#, "orderAccept"), ("startCooking", "{}", "cookStart"),
                ("finishCooking", "{}", "cookCmplt"),
            ]
            for (command, body, status) in moves {
                #expect(try await system.send(.put, .store, "orderManages/1/\(command)", body).status == 200)
                await eventually("customer and owner see \(status)") {
                    let customer = try await system.status(.order, "orderInfos", "s-1")
                    let order = try await system.status(.order, "orders", "s-1")
                    let owner = try await system.status(.store, "orderDtls", "s-1")
                    return customer == status && order == status && owner == status
                }
            }
            await system.stop()
        }

        @Test("A rejected order is refunded, its stock goes back, and the customer sees why")
        func rejection() async throws {
            let system = try await FoodSystem.start()
            #expect(try await system.order("s-2").status == 201)
            await eventually("the store has it") {
                try await system.status(.store, "orderManages", "s-2") == "orderCmplt"
            }
            #expect(try await system.send(.put, .store, "orderManages/1/reject", #"{"reason":"재료 소진"}"#).status == 200)
            await eventually("the customer is refunded") {
                try await system.status(.order, "orderInfos", "s-2") == "payCxl"
            }
            let view = try await system.get(.order, "orderInfos/1").json
            #expect(view["reason"] as? String == "재료 소진")
            #expect(try await system.status(.payment, "pays", "s-2") == "payCxl")
            await eventually("the order follows") { try await system.status(.order, "orders", "s-2") == "payCxl" }
            #expect(try await system.total(.payment, "ledgerEntries") == 2)
            let item = try await system.get(.store, "menuItems/1").json
            #expect(item["stock"] as? Int == 100_000)
            await eventually("the menu shows the stock again") {
                try await system.get(.order, "menus/1").json["stock"] as? Int == 100_000
            }
            await system.stop()
        }

        @Test("An order that the owner never answers is rejected and refunded by the deadline")
        func unanswered() async throws {
            let system = try await FoodSystem.start(environment: ["STORE_ANSWER_SECONDS": "1"])
            #expect(try await system.order("s-3").status == 201)
            await eventually("the customer is refunded") {
                try await system.status(.order, "orderInfos", "s-3") == "payCxl"
            }
            await system.stop()
        }

        @Test("A declined card is 402; the order ends unpaid and nobody hears of it")
        func declined() async throws {
            let system = try await FoodSystem.start(environment: ["PAY_LIMIT": "1000"])
            let answer = try await system.order("s-4")
            #expect(answer.status == 402)
            #expect(answer.json["detail"] as? String == "결제 한도 1000원을 초과했습니다.")
            #expect(try await system.status(.order, "orders", "s-4") == "payCxl")
            #expect(try await system.total(.store, "orderManages") == 0)
            #expect(try await system.metric(.payment, "outbox_published_total") == 0)
            await system.stop()
        }
    }
}
