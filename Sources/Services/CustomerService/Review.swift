import Contracts
import Messaging
import Persistence
import Time

/// What a customer wrote about a delivered order. Never changes.
struct Review: Aggregate {
    var id = 0
    var version = 1
    let orderId: String
    let storeId: Int
    let custId: String
    /// `name:rating,name:rating`, as `orderInfo` has the dishes: no name has a comma.
    let ratings: String
    let text: String
    let createdAt: Timestamp

    var key: String { orderId }

    var dishes: [DishRating] {
        (OrderItem.parse(ratings) ?? []).map { DishRating(name: $0.name, rating: $0.qty) }
    }

    init(
        id: Int = 0, version: Int = 1, orderId: String, storeId: Int, custId: String, ratings: String, text: String,
        createdAt: Timestamp
    ) {
        (self.id, self.version, self.orderId) = (id, version, orderId)
        (self.storeId, self.custId, self.ratings) = (storeId, custId, ratings)
        (self.text, self.createdAt) = (text, createdAt)
    }

    init(of meal: Meal, _ dishes: [DishRating], _ text: String, at time: Timestamp) {
        let ratings = OrderItem.orderInfo(of: dishes.map { OrderItem(name: $0.name, qty: $0.rating) })
        self.init(
            orderId: meal.orderId, storeId: meal.storeId, custId: meal.custId, ratings: ratings, text: text,
            createdAt: time)
    }
}
