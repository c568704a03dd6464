import Contracts
import HTTPServer
import Messaging
import Persistence
import ServiceKit

/// What owners read of what customers think of each dish (`/ratings`).
enum Ratings {
    static let table = Table(
        "ratings", Rating.init(id:storeId:name:average:count:sum:lastReviews:), Column("id", \.id, .id),
        Column("store_id", \.storeId, .fixed), Column("name", \.name, .fixed), Column("average", \.average),
        Column("review_count", \.count), Column("stars", \.sum), Column("last_reviews", \.lastReviews),
        unique: [["store_id", "name"]],
        more: [
            "CREATE INDEX ratings_average ON ratings (average)",
            "CREATE INDEX ratings_review_count ON ratings (review_count)",
        ])

    static let view = View(
        "store.ratings", table,
        [.project(ReviewCreated.self, "store.ratings.ReviewCreated") { try add($0, in: $1) }])

    private static let ofDish = table.select("WHERE store_id = $1 AND name = $2")

    /// A review counts once: the inbox drops its repetitions.
    private static func add(_ review: ReviewCreated, in transaction: Transaction) throws {
        for dish in review.ratings {
            var rating =
                try ofDish.first(.integer(review.storeId), .text(dish.name), in: transaction)
                ?? table.insert(Rating(storeId: review.storeId, name: dish.name), in: transaction)
            rating.add(dish.rating, by: review)
            try table.update(rating, in: transaction)
        }
    }

    static let listing = Listing(
        "ratings", of: "rating", table, members: ["storeId", "name", "average", "count", "lastReviews"],
        groups: [.init("storeId", "store_id", isNumber: true)],
        sorts: [.init("average", "average"), .init("count", "review_count")]
    ) { rating in
        let body = RatingBody(
            storeId: rating.storeId, name: rating.name, average: rating.average, count: rating.count,
            lastReviews: rating.lastReviews.entries)
        return Item(id: String(rating.id), body, links: [.to("store", "/stores/\(rating.storeId)")])
    }

    private struct RatingBody: Encodable {
        var storeId: Int
        var name: String
        var average: Double
        var count: Int
        var lastReviews: [LastReviews.Entry]
    }
}
