import Foundation
import HTTPClient
import Testing

extension EndToEndTests.RequirementTests {
    /// Degrees between the stores of these tests, so that each has the riders for itself.
    private enum Lat { static let nearest = 30.0, near = 32.0, race = 34.0, closing = 36.0, confirming = 38.0 }

    @Test("R5: the nearest rider is asked so long before the food is ready", arguments: Setup.all)
    func nearestRiderIsAsked(setup: Setup) async throws {
        let store = try await Self.store(setup, lat: Lat.nearest)
        _ = try await store.enter("덮밥", price: 7_000, stock: 10)
        _ = try await OwnRider.enter(near: store, metres: 900)
        let nearest = try await OwnRider.enter(near: store, metres: 300)
        _ = try await OwnRider.enter(near: store, metres: 600)
        let orderId = try await store.order("덮밥:1", at: 7_000)
        let ready = Date().addingTimeInterval(604)
        try await store.give("accept", to: orderId, #"{"cmpltTime":"\#(ready.formatted(.iso8601))"}"#)
        await eventually("the delivery waits for its time") {
            try await store.system.status(.delivery, "deliveries", orderId) == "riderWait"
        }
        #expect(try await nearest.delivery() == nil)
        await eventually("the nearest one is asked") { try await nearest.has(orderId) }
        await eventually("the owner sees that") {
            try await store.find("orderDtls", .store, orderId)["riderStatus"] as? String == "riderOffer"
        }
        await eventually("the story tells when") {
            let offers = try await store.timeline(of: orderId).filter { $0["event"] as? String == "RiderOffered" }
            guard let time = offers.first?["time"] as? String else { return false }
            let asked = try Date(time, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
            // The time of the food has no fraction of a second.
            #expect((-1...15).contains(asked.timeIntervalSince(ready) + 600))
            return offers.count == 1
        }
    }

    @Test("R7: riders see the deliveries near them, the nearest first, until somebody has one", arguments: Setup.all)
    func findsDeliveriesNear(setup: Setup) async throws {
        let here = try await Self.store(setup, lat: Lat.near)
        let there = try await Self.store(setup, lat: Lat.near + 0.04)
        var orders: [String] = []
        // Nobody is asked to bring the first one yet: it has an hour.
        for (store, minutes) in [(there, 60), (here, 5)] {
            _ = try await store.enter("국밥", price: 8_000, stock: 10)
            let orderId = try await store.order("국밥:1", at: 8_000)
            try await store.give("accept", to: orderId, #"{"cookMinutes":\#(minutes)}"#)
            orders.append(orderId)
        }
        func near(_ km: Int) async throws -> [OwnStore.Document] {
            try await here.list(.delivery, "deliveryInfos", "findNear?lat=\(Lat.near)&lon=\(OwnStore.lon)&km=\(km)")
        }
        await eventually("both are found, the nearer one first") {
            try await near(10).map { $0["orderId"] as? String } == orders.reversed()
        }
        let found = try await near(10)
        #expect(found[0]["distance"] as? Int == 0)
        #expect((4_400...4_500).contains(found[1]["distance"] as? Int ?? 0))
        #expect(found[0]["storeName"] as? String == "시험 가게")
        #expect(found[0]["custTel"] == nil, "everybody may read this")
        #expect(try await near(2).map { $0["orderId"] as? String } == [orders[1]])
        let link = try #require(found[0].links["delivery"])
        #expect(try await here.send(.get, link, "").json["orderId"] as? String == orders[1])
        try await OwnRider.enter(near: here).give("accept", orders[1])
        #expect(try await near(10).map { $0["orderId"] as? String } == [orders[0]])
    }

    @Test("R8: of riders who accept at once exactly one is assigned, and brings what is cooked", arguments: Setup.all)
    func oneRiderWins(setup: Setup) async throws {
        let store = try await Self.store(setup, lat: Lat.race)
        _ = try await store.enter("족발", price: 30_000, stock: 10)
        var riders: [OwnRider] = []
        for place in 1...7 { riders.append(try await OwnRider.enter(near: store, metres: Double(100 * place))) }
        let orderId = try await store.order("족발:1", at: 30_000)
        try await store.give("accept", to: orderId, #"{"cookMinutes":5}"#)
        await eventually("the first rider is asked") { try await riders[0].has(orderId) }
        #expect(try await riders[1].insist(on: "accept", of: orderId).status == 409, "it was not offered to them")
        // One is asked, then two, then four.
        for rider in riders[..<3] { try await rider.give("decline", orderId) }
        let answers = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            for rider in riders {
                group.addTask { (rider.id, try await rider.insist(on: "accept", of: orderId).status) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(answers.values.sorted() == [200] + Array(repeating: 409, count: 6), "\(answers)")
        let winner = try #require(riders.first { answers[$0.id] == 200 })
        let other = try #require(riders.last { $0.id != winner.id })
        #expect(try await winner.has(orderId))
        #expect(try await other.delivery() == nil)
        await eventually("customer and owner see who comes") {
            let views = [try await store.customer(orderId), try await store.find("orderDtls", .store, orderId)]
            return views.allSatisfy { $0["riderId"] as? Int == winner.id }
        }
        #expect(try await winner.insist(on: "pick", of: orderId).status == 409, "it is not cooked")
        for command in ["startCooking", "finishCooking"] { try await store.give(command, to: orderId) }
        await store.becomes("riderAssign", orderId)
        await eventually("it can be picked up") { try await winner.delivery()?.links["pick"] != nil }
        for (command, status) in [("pick", "deliveryStart"), ("deliver", "orderFinish")] {
            #expect(try await other.insist(on: command, of: orderId).status == 409, "\(command) by another one")
            try await winner.give(command, orderId)
            await store.becomes(status, orderId)
        }
        #expect(try await winner.delivery() == nil)
        await eventually("the rider has a record of it") {
            try await store.list(.delivery, "cmpltTrts", "findByRiderId?riderId=\(winner.id)").map {
                $0["orderId"] as? String
            } == [orderId]
        }
    }

    @Test("R11: the hand-over closes the deal, and customer and owner both see it", arguments: Setup.all)
    func handOverCloses(setup: Setup) async throws {
        let store = try await Self.store(setup, lat: Lat.closing)
        _ = try await store.enter("보쌈", price: 28_000, stock: 10)
        let orderId = try await store.serve("보쌈:1", at: 28_000, by: OwnRider.enter(near: store))
        for (service, resource) in [(FoodSystem.Service.order, "orders"), (.customer, "myPages")] {
            await eventually("/\(resource) follows") {
                try await store.system.status(service, resource, orderId) == "orderFinish"
            }
        }
        #expect(try await store.find("deliveries", .delivery, orderId)["deliveredAt"] is String)
        #expect(try await store.insistOnCancel(of: orderId).status == 409)
    }

    @Test(
        "R11: with COMPLETE_ON=confirmation the customer closes the deal, when it was handed over", arguments: Setup.all
    )
    func customerConfirms(setup: Setup) async throws {
        let store = try await Self.store(setup, lat: Lat.confirming, rules: Self.otherRules)
        _ = try await store.enter("보쌈", price: 28_000, stock: 10)
        let rider = try await OwnRider.enter(near: store)
        let orderId = try await store.cook("보쌈:1", at: 28_000)
        let order = try #require(await store.find("orders", .order, orderId).links["self"])
        #expect(try await store.send(.put, order + "/confirm", "{}").status == 409)
        try await rider.bring(orderId)
        await store.becomes("deliveryCmplt", orderId)
        var link: String?
        await eventually("the customer may confirm") {
            link = try await store.send(.get, order, "").json.links["confirm"]
            return link != nil
        }
        let confirmed = try await store.send(.put, #require(link), "{}")
        #expect(confirmed.status == 200)
        #expect(confirmed.json["status"] as? String == "orderFinish")
        await store.becomes("orderFinish", orderId)
        #expect(try await store.send(.put, #require(link), "{}").status == 409, "once")
    }
}
