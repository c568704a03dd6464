import Contracts
import Events
import Messaging
import ServiceTestSupport
import Testing

@testable import StoreService

@Suite("What customers think of dishes")
struct RatingTests {
    private static func review(
        _ orderId: String, _ ratings: [String: Int], storeId: Int = 1, at minute: Int = 0, text: String = "맛있어요"
    ) -> ReviewCreated {
        ReviewCreated(
            orderId: orderId, storeId: storeId, custId: "hkh9405",
            ratings: ratings.sorted { $0.key < $1.key }.map { DishRating(name: $0.key, rating: $0.value) }, text: text,
            createdAt: "2026-11-21T10:\(minute < 10 ? "0" : "")\(minute):00.000Z")
    }

    private func rating(_ harness: StoreHarness, _ name: String, storeId: Int = 1) async throws -> JSON? {
        try await harness.get("/ratings").embedded("ratings")
            .first { $0["name"] == .text(name) && $0["storeId"]?.int == storeId }
    }

    @Test("The stars of each dish of each store are averaged, to one decimal")
    func average() async throws {
        let harness = try await StoreHarness()
        try await harness.deliver(Self.review("a", ["김치찌개": 5, "제육볶음": 1]))
        try await harness.deliver(Self.review("b", ["김치찌개": 4]))
        try await harness.deliver(Self.review("c", ["김치찌개": 4]))
        try await harness.deliver(Self.review("d", ["김치찌개": 2], storeId: 2))
        let stew = try await rating(harness, "김치찌개")
        #expect(stew?["average"] == .number(4.3) && stew?["count"] == 3)
        #expect(try await rating(harness, "제육볶음")?["average"] == 1)
        #expect(try await rating(harness, "김치찌개", storeId: 2)?["average"] == 2)
        let ofStore = try await harness.get("/ratings/search/findByStoreId?storeId=1")
        #expect(ofStore.embedded("ratings").count == 2)
    }

    @Test("The last three reviews are shown, latest first")
    func last() async throws {
        let harness = try await StoreHarness()
        for (order, minute) in [("c", 3), ("a", 1), ("d", 4), ("b", 2)] {
            try await harness.deliver(Self.review(order, ["김치찌개": minute], at: minute, text: "리뷰 \(order) 👍"))
        }
        let last = try await rating(harness, "김치찌개")?["lastReviews"]?.list ?? []
        #expect(last.map { $0["orderId"] } == ["d", "c", "b"])
        #expect(last.first?["text"] == "리뷰 d 👍" && last.first?["rating"] == 4)
        #expect(last.first?["createdAt"] == "2026-11-21T10:04:00.000Z")
    }

    @Test("Owners see their best and their most rated dishes first, in pages")
    func sorted() async throws {
        let harness = try await StoreHarness()
        try await harness.deliver(Self.review("a", ["김치찌개": 3, "비빔밥": 5, "제육볶음": 4]))
        try await harness.deliver(Self.review("b", ["김치찌개": 4]))
        func names(_ query: String) async throws -> [JSON?] {
            try await harness.get("/ratings?\(query)").embedded("ratings").map { $0["name"] }
        }
        #expect(try await names("sort=average,desc") == ["비빔밥", "제육볶음", "김치찌개"])
        #expect(try await names("sort=average&size=2&page=1") == ["비빔밥"])
        #expect(try await names("sort=count,desc&size=1") == ["김치찌개"])
        #expect(try await harness.get("/ratings?sort=name").status == 400)
    }

    @Test("Reviews in any order, with repetitions and crashes, end the same; so does the view that is rebuilt")
    func anyOrder() async throws {
        let reviews = [
            Self.review("a", ["김치찌개": 5, "제육볶음": 2], at: 1), Self.review("b", ["김치찌개": 1], at: 2),
            Self.review("c", ["김치찌개": 3], at: 2), Self.review("d", ["김치찌개": 4, "비빔밥": 4], at: 4),
        ]
        func end(_ harness: StoreHarness) async throws -> [String] {
            try await harness.get("/ratings").embedded("ratings")
                .map {
                    "\($0["name"] ?? "") \($0["average"] ?? 0) \($0["count"] ?? 0) \($0["lastReviews"]?.list.map { $0["orderId"] } ?? [])"
                }
                .sorted()
        }
        let model = try await StoreHarness()
        for review in reviews { try await model.deliver(review) }
        let expected = try await end(model)
        var generator = SplitMix(seed: 5)
        for order in permutations(reviews, &generator) {
            var harness = try await StoreHarness()
            let records = try order.map { try harness.record($0) }
            harness = try await harness.deliverRoughly(records, &generator) {
                try await StoreHarness(clock: $0.clock, database: $0.database)
            }
            #expect(try await end(harness) == expected)
            try await Ratings.view.rebuild(in: harness.database)
            try await harness.deliver(records + records)
            #expect(try await end(harness) == expected)
        }
    }

    @Test(
        "A review that cannot be is a dead letter, and rates nothing",
        arguments: [
            review("", ["김치찌개": 5]), review("a", [:]), review("a", ["김치찌개": 6]), review("a", ["김치찌개": 0]),
            review("a", ["김치찌개": .max]), review("a", ["김치찌개": 5], text: String(repeating: "x", count: 4_001)),
        ])
    func wrong(review: ReviewCreated) async throws {
        let harness = try await StoreHarness()
        try await harness.deliver(review)
        #expect(try await harness.get("/ratings").embedded("ratings") == [])
        #expect(try await harness.published().contains { $0.topic?.hasPrefix("error.") == true })
    }
}
