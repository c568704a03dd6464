import Contracts
import HTTPServer
import Messaging
import Persistence
import ServiceKit
import Time

/// The table of reviews, and how they look over HTTP.
enum Reviews {
    static let all = Repository(
        Table(
            "reviews", Review.init(id:version:orderId:storeId:custId:ratings:text:createdAt:), Column("id", \.id, .id),
            Column("version", \.version, .version), Column("order_id", \.orderId, .unique, .fixed),
            Column("store_id", \.storeId, .fixed), Column("cust_id", \.custId, .fixed),
            Column("ratings", \.ratings, .fixed), Column("text", \.text, .fixed),
            Column("created_at", \.createdAt, .fixed),
            more: [
                "CREATE INDEX reviews_store_id ON reviews (store_id)",
                "CREATE INDEX reviews_cust_id ON reviews (cust_id)",
            ]),
        of: "review", key: "order_id")

    static let listing = Listing(
        "reviews", of: "review", all.table,
        members: ["orderId", "storeId", "custId", "ratings", "text", "createdAt"],
        keys: [.init("orderId", "order_id")],
        groups: [.init("storeId", "store_id", isNumber: true), .init("custId", "cust_id")]
    ) { review in
        let body = ReviewBody(
            orderId: review.orderId, storeId: review.storeId, custId: review.custId, ratings: review.dishes,
            text: review.text, createdAt: review.createdAt.rfc3339)
        return Item(id: String(review.id), body)
    }

    private struct ReviewBody: Encodable {
        var orderId: String
        var storeId: Int
        var custId: String
        var ratings: [DishRating]
        var text, createdAt: String
    }
}
