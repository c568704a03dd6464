import Foundation
import HTTPClient
import Testing

extension EndToEndTests.RequirementTests {
    private enum Lat { static let looking = 50.0, taking = 52.0, watching = 54.0 }

    @Test("R9: the customer looks at an order at any time, also while the store is stopped", arguments: Setup.all)
    func statusWithoutTheStore(setup: Setup) async throws {
        let store = try await Self.store(setup, lat: Lat.looking)
        _ = try await store.enter("김밥", price: 3_500, stock: 10)
        let accepted = try await store.order("김밥:1", at: 3_500)
        try await store.give("accept", to: accepted, #"{"cookMinutes":30}"#)
        await store.becomes("orderAccept", accepted)
        let placed = "r-\(UUID().uuidString.prefix(8))"
        try await store.system.without([.store], SIGTERM) {
            #expect(try await store.customer(accepted)["status"] as? String == "orderAccept")
            #expect(try await store.customer(accepted)["cmpltTime"] is String)
            #expect(try await store.ask(placed, for: "김밥:2", at: 7_000).status == 201)
            for (service, resource) in [(FoodSystem.Service.order, "orderInfos"), (.customer, "myPages")] {
                await eventually("/\(resource) shows the new order") {
                    try await store.find(resource, service, placed)["status"] as? String == "orderCmplt"
                }
            }
            let page = try await store.list(.customer, "myPages", "findByCustId?custId=\(store.custId)")
            #expect(page.map { $0["status"] as? String } == ["orderAccept", "orderCmplt"])
        }
        await store.becomes("orderCmplt", placed)
    }

    @Test(
        "N1: orders are taken while store, delivery, customer and Kafka are down, and arrive afterwards",
        arguments: Setup.all)
    func ordersAreAlwaysTaken(setup: Setup) async throws {
        let store = try await Self.store(setup, lat: Lat.taking)
        _ = try await store.enter("라면", price: 4_000, stock: 10)
        let system = store.system
        let orders = (1...3).map { "n1-\(store.id)-\($0)" }
        // Somebody else's Kafka is not ours to stop.
        if setup.kafka == nil { await system.stopBroker() }
        try await system.without([.store, .delivery, .customer], SIGKILL) {
            for orderId in orders {
                let answer = try await store.ask(orderId, for: "라면:1", at: 4_000)
                #expect(answer.status == 201)
                #expect(answer.json["status"] as? String == "orderCmplt")
            }
            if setup.kafka == nil { try await system.startBroker() }
        }
        for orderId in orders {
            await store.becomes("orderCmplt", orderId)
            await eventually("the customer has a page and a message") {
                let messages = try await store.messages(of: orderId).filter { $0["status"] as? String == "sent" }
                return try await store.find("myPages", .customer, orderId)["status"] as? String == "orderCmplt"
                    && messages.map { $0["event"] as? String } == ["OrderPlaced"]
            }
        }
        let rider = try await OwnRider.enter(near: store)
        try await store.give("accept", to: orders[0], #"{"cookMinutes":5}"#)
        await eventually("riders hear of it") { try await rider.has(orders[0]) }
        #expect(try await store.menu("라면")?["stock"] as? Int == 7)
    }

    @Test(
        "N2: while payment is down customers are led to pay later; each is charged once, in turn", arguments: Setup.all)
    func paysLater(setup: Setup) async throws {
        let store = try await Self.store(setup)
        _ = try await store.enter("초밥", price: 12_000, stock: 10)
        let orders = (1...3).map { "n2-\(store.id)-\($0)" }
        var pay = ""
        try await store.system.without([.payment], SIGKILL) {
            for (index, orderId) in orders.enumerated() {
                let answer = try await store.ask(orderId, for: "초밥:1", at: 12_000)
                #expect(answer.status == 202)
                #expect(answer.headers["Retry-After"] != nil)
                #expect(answer.json["status"] as? String == "payWait")
                #expect(answer.json["place"] as? Int == index + 1)
                #expect(answer.json["payBy"] is String)
                pay = try #require(answer.json.links["pay"])
            }
            let later = try await store.send(.put, pay, "{}")
            #expect(later.status == 202, "payment is still away")
            #expect(later.headers["Retry-After"] != nil)
            await eventually("the customer sees that it waits, and is told") {
                let messages = try await store.messages(of: orders[0]).map { $0["event"] as? String }
                return try await store.customer(orders[0])["status"] as? String == "payWait"
                    && messages == ["PaymentDeferred"]
            }
        }
        // Who is impatient may come before their turn; the others are charged by themselves.
        await eventually("the last one is paid") {
            let answer = try await store.send(.put, pay, "{}")
            return answer.status == 200 || answer.status == 409
        }
        for orderId in orders { await store.becomes("orderCmplt", orderId) }
        var times: [String] = []
        for orderId in orders.dropLast() {
            await eventually("the story has it") { try await store.placed(orderId) != nil }
            times.append(try await store.placed(orderId) ?? "")
        }
        #expect(times == times.sorted(), "first come, first served")
        #expect(try await store.send(.put, pay, "{}").status == 409, "it does not wait any more")
        let books = Books(system: store.system)
        let charges = try await books.numbers(
            .payment, "SELECT count(*) FROM ledger_entries WHERE order_id LIKE 'n2-\(store.id)-%'")
        #expect(charges == [3])
        try await books.checkLedgers()
        await eventually("orders are paid at once again") {
            try await store.ask("n2-\(store.id)-4", for: "초밥:1", at: 12_000).status == 201
        }
    }

    @Test("N3: the delivery is seen at the front, also while the store is stopped", arguments: Setup.all)
    func deliveryWithoutTheStore(setup: Setup) async throws {
        let store = try await Self.store(setup, lat: Lat.watching)
        _ = try await store.enter("치킨", price: 20_000, stock: 10)
        let rider = try await OwnRider.enter(near: store)
        let orderId = try await store.cook("치킨:1", at: 20_000)
        try await rider.give("accept", orderId)
        await store.becomes("riderAssign", orderId)
        try await store.system.without([.store], SIGTERM) {
            for (command, status) in [("pick", "deliveryStart"), ("deliver", "orderFinish")] {
                try await rider.give(command, orderId)
                for (service, resource) in [(FoodSystem.Service.order, "orderInfos"), (.customer, "myPages")] {
                    await eventually("/\(resource) shows \(status)") {
                        try await store.find(resource, service, orderId)["status"] as? String == status
                    }
                }
            }
            #expect(try await store.find("deliveryInfos", .delivery, orderId)["status"] as? String == "deliveryCmplt")
        }
        await store.becomes("orderFinish", orderId)
    }
}

extension OwnStore {
    /// When the order was placed; `nil` when its story does not say so yet.
    fileprivate func placed(_ orderId: String) async throws -> String? {
        try await timeline(of: orderId).first { $0["event"] as? String == "OrderPlaced" }?["time"] as? String
    }
}

extension FoodSystem {
    /// Does something while these services are away, and has them back in any case.
    fileprivate func without(
        _ services: [Service], _ signal: Int32, _ act: () async throws -> Void
    ) async throws {
        for service in services { await stop(service, signal) }
        do { try await act() } catch { Issue.record(error) }
        for service in services { try await launch(service) }
        for service in services { await ready(service) }
    }
}
