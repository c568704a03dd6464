import Contracts
import Events
import Foundation
import Messaging
import ServiceTestSupport
import Testing

@testable import CustomerService

@Suite("Reviews")
struct ReviewTests {
    static let review = #"""
        {"orderId": "a123", "custId": "hkh9405", "text": "국물이 시원해요\n또 시킬게요 👍",
         "ratings": [{"name": "김치찌개", "rating": 5}, {"name": "제육볶음", "rating": "4"}]}
        """#

    private func delivered() async throws -> CustomerHarness {
        let harness = try await CustomerHarness()
        try await harness.tell(News.paid, News.picked, News.delivered)
        return harness
    }

    @Test("Who got the food says what it was like, and the others are told")
    func created() async throws {
        let harness = try await delivered()
        let answer = try await harness.post("/reviews", Self.review)
        #expect(answer.status == 201)
        #expect(answer.header("Location") == "http://localhost/reviews/1")
        #expect(answer["storeId"] == 1 && answer["custId"] == "hkh9405")
        #expect(answer["text"] == "국물이 시원해요\n또 시킬게요 👍")
        #expect(answer["ratings"]?.list.map { $0["rating"] } == [5, 4])
        #expect(answer["createdAt"] == "2026-11-21T10:00:00.000Z")
        let told = try await harness.published()
        #expect(told.map(\.type) == ["ReviewCreated"] && told.map(\.key) == ["a123"])
        let event: ReviewCreated = try #require(told.first).decode()
        #expect(event.violations == [] && event.storeId == 1)
        #expect(event.ratings == [DishRating(name: "김치찌개", rating: 5), DishRating(name: "제육볶음", rating: 4)])
    }

    @Test("A finished order may be reviewed as well, by stars alone")
    func finished() async throws {
        let harness = try await delivered()
        try await harness.tell(News.finished)
        let answer = try await harness.post("/reviews", Self.review.replacing(#""text":"#, with: #""note":"#))
        #expect(answer.status == 201 && answer["text"] == "")
    }

    @Test("A repetition with the same key has the first answer; any other second review is refused")
    func again() async throws {
        let harness = try await delivered()
        let key = [("Idempotency-Key", "\"k\"")]
        let first = try await harness.post("/reviews", Self.review, headers: key)
        let again = try await harness.post("/reviews", Self.review, headers: key)
        #expect(again.status == 201 && again.body == first.body)
        #expect(try await harness.post("/reviews", Self.review).status == 409)
        #expect(try await harness.post("/reviews", Self.review.replacing("또", with: "다시"), headers: key).status == 422)
        #expect(try await harness.get("/reviews").embedded("reviews").count == 1)
        #expect(try await harness.published().count == 1)
    }

    @Test("Before the food is there nobody can review it", arguments: [0, 1, 2])
    func early(events: Int) async throws {
        let harness = try await CustomerHarness()
        for event in ([News.paid, News.cooked, News.picked] as [any Event]).prefix(events + 1) {
            try await harness.tell(event)
        }
        #expect(try await harness.post("/reviews", Self.review).status == 409)
        #expect(try await harness.published().isEmpty)
    }

    @Test("Rebuilding the page of the orders changes nothing of what may be reviewed")
    func rebuilt() async throws {
        let harness = try await delivered()
        try await MyPages.view.rebuild(in: harness.database)
        #expect(try await harness.post("/reviews", Self.review).status == 201)
        #expect(try await harness.post("/reviews", Self.review).status == 409)
    }

    @Test("The reviews of a store and of a customer are found, and the one of an order")
    func searches() async throws {
        let harness = try await CustomerHarness()
        for (number, store) in [(1, 1), (2, 2), (3, 1)] {
            let id = "order-\(number)"
            try await harness.tell(
                PaymentApproved(details(id, storeId: store), payId: number),
                Delivered(orderId: id, riderId: 7, deliveredAt: "2026-11-21T11:40:00Z"))
            #expect(try await harness.post("/reviews", Self.review.replacing("a123", with: id)).status == 201)
        }
        func ids(_ search: String) async throws -> [JSON?] {
            try await harness.get("/reviews/search/\(search)").embedded("reviews").map { $0["orderId"] }
        }
        #expect(try await ids("findByStoreId?storeId=1&sort=id,desc") == ["order-3", "order-1"])
        #expect(try await ids("findByCustId?custId=hkh9405") == ["order-1", "order-2", "order-3"])
        #expect(try await harness.get("/reviews/search/findByOrderId?orderId=order-2")["storeId"] == 2)
        #expect(try await harness.get("/reviews/search/findByStoreId?storeId=one").status == 400)
    }
}

@Suite("Reviews that cannot be")
struct WrongReviewTests {
    private static func review(
        orderId: String = "a123", custId: String = "hkh9405", text: String = "맛있어요",
        ratings: String = #"[{"name": "김치찌개", "rating": 5}]"#
    ) -> String {
        #"{"orderId": "\#(orderId)", "custId": "\#(custId)", "text": "\#(text)", "ratings": \#(ratings)}"#
    }

    private static func rated(_ rating: String) -> String {
        review(ratings: #"[{"name": "김치찌개", "rating": \#(rating)}]"#)
    }

    /// What is sent, the status, and the fields that are named.
    static let wrong: [(String, Int, [String])] = [
        (review(orderId: "b999"), 404, []),
        (review(orderId: String(repeating: "x", count: 100_000)), 404, []),
        (review(orderId: ""), 422, ["orderId"]),
        (review(custId: "stranger"), 422, ["custId"]),
        (review(custId: "stranger", ratings: #"[{"name": "?", "rating": 9}]"#), 422, ["custId"]),
        (review(custId: ""), 422, ["custId"]),
        (rated("6"), 422, ["ratings[0].rating"]), (rated("0"), 422, ["ratings[0].rating"]),
        (rated("-1"), 422, ["ratings[0].rating"]), (rated("4.5"), 422, ["ratings[0].rating"]),
        (rated(#""five""#), 422, ["ratings[0].rating"]), (rated(#""6""#), 422, ["ratings[0].rating"]),
        (rated("99999999999999999999"), 422, ["ratings[0].rating"]),
        (rated("9223372036854775807"), 422, ["ratings[0].rating"]), (rated("null"), 422, ["ratings[0].rating"]),
        (rated("[]"), 422, ["ratings[0].rating"]),
        (review(ratings: #"[{"name": "냉면", "rating": 5}]"#), 422, ["ratings[0].name"]),
        (review(ratings: #"[{"name": "냉면", "rating": 6}]"#), 422, ["ratings[0].name", "ratings[0].rating"]),
        (
            review(ratings: #"[{"name": "김치찌개", "rating": 5}, {"name": "김치찌개", "rating": 1}]"#), 422,
            ["ratings[1].name"]
        ),
        (review(ratings: "[]"), 422, ["ratings"]), (review(ratings: "{}"), 422, ["ratings"]),
        (review(ratings: #""5""#), 422, ["ratings"]), (review(ratings: "null"), 422, ["ratings"]),
        (review(ratings: #"[{"rating": 5}]"#), 422, ["ratings[0].name"]),
        (review(ratings: #"[{"name": "김치찌개"}]"#), 422, ["ratings[0].rating"]),
        (
            review(
                ratings: "[" + Array(repeating: #"{"name":"a","rating":1}"#, count: 101).joined(separator: ",") + "]"),
            422, ["ratings"]
        ),
        (review(text: String(repeating: "x", count: 4_001)), 422, ["text"]),
        (review(text: #"\u0000"#), 422, ["text"]),
        ("{}", 422, ["orderId", "custId", "ratings"]),
        ("[]", 422, ["$"]), ("", 400, []), ("{", 400, []),
    ]

    @Test("Each is refused with what is wrong, and nothing is kept", arguments: wrong)
    func refused(_ body: String, _ status: Int, _ fields: [String]) async throws {
        let harness = try await CustomerHarness()
        try await harness.tell(News.paid, News.picked, News.delivered)
        let answer = try await harness.post("/reviews", body)
        #expect(answer.status == status)
        #expect(answer.wrongFields == fields)
        #expect(try await harness.get("/reviews").embedded("reviews").isEmpty)
        #expect(try await harness.published().isEmpty)
        #expect(try await harness.post("/reviews", ReviewTests.review).status == 201)
    }

    @Test("The longest text is taken")
    func longest() async throws {
        let harness = try await CustomerHarness()
        try await harness.tell(News.paid, News.delivered)
        #expect(
            try await harness.post("/reviews", Self.review(text: String(repeating: "x", count: 4_000))).status == 201)
    }
}
