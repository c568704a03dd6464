import Foundation
import HTTPClient
import Testing

extension EndToEndTests.RequirementTests {
    private enum Lat { static let telling = 40.0, reviewing = 42.0, rating = 44.0, earning = 46.0, story = 48.0 }

    @Test("R10: the customer gets a message at every change of the status", arguments: Setup.all)
    func messagesFollow(setup: Setup) async throws {
        let store = try await Self.store(setup, lat: Lat.telling)
        _ = try await store.enter("짜장면", price: 7_000, stock: 10)
        let brought = try await store.serve("짜장면:1", at: 7_000, by: OwnRider.enter(near: store))
        let canceled = try await store.order("짜장면:2", at: 14_000)
        #expect(try await store.cancel(canceled).status == 202)
        await store.isRefunded(canceled)
        let told = [
            (
                brought,
                [
                    "CookFinished", "CookStarted", "Delivered", "DeliveryFinished", "OrderAccepted", "OrderPlaced",
                    "Picked",
                    "RiderAssigned",
                ]
            ), (canceled, ["OrderCanceled", "OrderPlaced", "PaymentCanceled"]),
        ]
        for (orderId, events) in told {
            await eventually("everything was sent") {
                let messages = try await store.messages(of: orderId)
                return messages.count >= events.count && messages.allSatisfy { $0["status"] as? String == "sent" }
            }
            let messages = try await store.messages(of: orderId)
            #expect(messages.compactMap { $0["event"] as? String }.sorted() == events)
            #expect(messages.allSatisfy { $0["custId"] as? String == store.custId })
            #expect(messages.allSatisfy { ($0["text"] as? String)?.contains(orderId) == true })
        }
    }

    @Test(
        "R12: who has eaten writes a review, once, of an order of their own, and the owner is told",
        arguments: Setup.all)
    func reviews(setup: Setup) async throws {
        let store = try await Self.store(setup, lat: Lat.reviewing)
        _ = try await store.enter("짬뽕", price: 8_000, stock: 10)
        let rider = try await OwnRider.enter(near: store)
        let orderId = try await store.cook("짬뽕:1", at: 8_000)
        await eventually("the customer has a page of it") {
            try await store.find("myPages", .customer, orderId)["status"] as? String == "cookCmplt"
        }
        #expect(try await store.find("myPages", .customer, orderId).links["review"] == nil)
        #expect(try await store.review(orderId, ["짬뽕": 5]).status == 409, "nobody has eaten yet")
        try await rider.bring(orderId)
        await store.canReview(orderId)
        #expect(try await store.review(orderId, ["짬뽕": 1], by: "stranger").status == 422, "it is not their order")
        let answer = try await store.review(orderId, ["짬뽕": 4])
        #expect(answer.status == 201)
        let review = try await store.send(.get, #require(answer.headers["Location"]), "").json
        #expect(review["text"] as? String == "잘 먹었습니다")
        #expect(try await store.review(orderId, ["짬뽕": 1]).status == 409, "once")
        await eventually("the owner is told") {
            let messages = try await store.messages(of: orderId).filter { $0["event"] as? String == "ReviewCreated" }
            return messages.map { $0["receiver"] as? String } == ["owner"]
                && messages.allSatisfy { $0["status"] as? String == "sent" }
        }
        await eventually("the customer is not asked again") {
            try await store.find("myPages", .customer, orderId).links["review"] == nil
        }
    }

    @Test("R13: the customer rates each dish, and the owner reads the ratings", arguments: Setup.all)
    func ratings(setup: Setup) async throws {
        let store = try await Self.store(setup, lat: Lat.rating)
        for dish in ["탕수육", "군만두"] { _ = try await store.enter(dish, price: 10_000, stock: 10) }
        let rider = try await OwnRider.enter(near: store)
        let first = try await store.serve("탕수육:1,군만두:1", at: 20_000, by: rider)
        let second = try await store.serve("탕수육:1", at: 10_000, by: rider)
        for orderId in [first, second] { await store.canReview(orderId) }
        #expect(try await store.review(first, ["탕수육": 5, "군만두": 2], text: "바삭해요").status == 201)
        #expect(try await store.review(second, ["탕수육": 4], text: "조금 짜요").status == 201)
        await eventually("the owner reads them") {
            let ratings = try await store.list(.store, "ratings", "findByStoreId?storeId=\(store.id)")
            let averages = ratings.map {
                "\($0["name"] ?? "") \($0["average"] as? Double ?? 0) of \($0["count"] ?? 0)"
            }
            return averages.sorted() == ["군만두 2.0 of 1", "탕수육 4.5 of 2"]
        }
        let ratings = try await store.list(.store, "ratings", "findByStoreId?storeId=\(store.id)")
        let reviews = ratings.first { $0["name"] as? String == "탕수육" }?["lastReviews"] as? [OwnStore.Document]
        #expect(reviews?.map { $0["text"] as? String } == ["조금 짜요", "바삭해요"])
        #expect(ratings.allSatisfy { $0.links["store"]?.hasSuffix("/stores/\(store.id)") == true })
    }

    @Test("R15: delivered orders bring points and raise the grade, other orders do not", arguments: Setup.all)
    func points(setup: Setup) async throws {
        let store = try await Self.store(setup, lat: Lat.earning)
        _ = try await store.enter("비빔국수", price: 7_000, stock: 10)
        let rejected = try await store.order("비빔국수:1", at: 7_000)
        try await store.give("reject", to: rejected, #"{"reason":"재료 소진"}"#)
        let rider = try await OwnRider.enter(near: store)
        for count in 1...5 {
            _ = try await store.serve("비빔국수:1", at: 7_000, by: rider)
            let grade = count == 5 ? "silver" : "bronze"
            await eventually("order \(count) is credited") {
                let search = "customers/search/findByCustId?custId=\(store.custId)"
                let customer = try await store.system.get(.customer, search).json
                return customer["deliveredOrders"] as? Int == count && customer["points"] as? Int == 70 * count
                    && customer["grade"] as? String == grade
            }
        }
    }

    @Test("The story of an order is told from its payment to its review, causes before effects", arguments: Setup.all)
    func story(setup: Setup) async throws {
        let store = try await Self.store(setup, lat: Lat.story)
        _ = try await store.enter("삼계탕", price: 16_000, stock: 10)
        let orderId = try await store.serve("삼계탕:1", at: 16_000, by: OwnRider.enter(near: store))
        await store.canReview(orderId)
        #expect(try await store.review(orderId, ["삼계탕": 5]).status == 201)
        let told = try await story(of: orderId, until: "ReviewCreated", in: store)
        let events = told.compactMap { $0["event"] as? String }
        let way = [
            "PaymentApproved", "OrderAccepted", "CookStarted", "CookFinished", "Picked", "Delivered",
            "DeliveryFinished",
            "ReviewCreated",
        ]
        #expect(events.filter(way.contains) == way)
        #expect(Set(events).subtracting(way) == ["OrderPlaced", "StockDecreased", "RiderOffered", "RiderAssigned"])
        #expect(Self.cause(of: "StockDecreased", in: told) == "PaymentApproved")
        #expect(Self.cause(of: "DeliveryFinished", in: told) == "Delivered")

        let canceled = try await store.order("삼계탕:1", at: 16_000)
        #expect(try await store.cancel(canceled).status == 202)
        let undone = try await story(of: canceled, until: "PaymentCanceled", in: store)
        #expect(Self.cause(of: "OrderCanceled", in: undone) == "OrderCancelRequested")
        #expect(Self.cause(of: "StockIncreased", in: undone) == "OrderCancelRequested")
        #expect(Self.cause(of: "PaymentCanceled", in: undone) == "OrderCanceled")
        let undoes = undone.compactMap { $0["undoes"] as? String }
        #expect(undoes.sorted() == ["OrderPlaced", "PaymentApproved", "StockDecreased"])
    }

    /// What is told when this has happened; each step can be read and stands behind its cause.
    private func story(
        of orderId: String, until last: String, in store: OwnStore
    ) async throws -> [OwnStore.Document] {
        await eventually("\(last) is told") {
            try await store.timeline(of: orderId).contains { $0["event"] as? String == last }
        }
        let told = try await store.timeline(of: orderId)
        #expect(told.map { $0["no"] as? Int } == (1...told.count).map { $0 })
        for step in told {
            #expect(step["ko"] is String && step["en"] is String && step["by"] is String, "\(step)")
            if let cause = step["because"] as? Int { #expect(cause < step["no"] as? Int ?? 0, "\(step)") }
        }
        return told
    }

    private static func cause(of event: String, in story: [OwnStore.Document]) -> String? {
        let step = story.first { $0["event"] as? String == event }
        return story.first { $0["no"] as? Int == step?["because"] as? Int }?["event"] as? String
    }
}
