public import Events

/// What a customer thinks of one dish.
public struct DishRating: Codable, Equatable, Sendable {
    public var name: String
    /// 1 to 5.
    public var rating: Int
    public init(name: String, rating: Int) { (self.name, self.rating) = (name, rating) }
}

/// A customer has written about a delivered order.
public struct ReviewCreated: OrderEvent, Equatable {
    public static let type = "ReviewCreated"
    public var orderId: String
    public var storeId: Int
    public var custId: String
    public var ratings: [DishRating]
    public var text: String
    /// ISO 8601 with offset.
    public var createdAt: String
    public var violations: [String] {
        violations {
            $0.require(text: custId, "custId")
            $0.require(Limits.dishes.contains(ratings.count), "ratings are not \(Limits.dishes)")
            for dish in ratings.prefix(Limits.dishes.upperBound) {
                $0.require(text: dish.name, "a name")
                $0.require(Limits.rating.contains(dish.rating), "a rating is not \(Limits.rating)")
            }
            $0.require(text.utf8.count <= Limits.review, "text is too long")
            $0.require(time: createdAt, "createdAt")
        }
    }

    public init(
        orderId: String, storeId: Int, custId: String, ratings: [DishRating], text: String, createdAt: String
    ) {
        (self.orderId, self.storeId, self.custId) = (orderId, storeId, custId)
        (self.ratings, self.text, self.createdAt) = (ratings, text, createdAt)
    }
}

/// The customer has risen to another grade.
public struct CustomerGradeChanged: Event, Equatable {
    public static let type = "CustomerGradeChanged"
    public var custId: String
    public var grade: String
    /// Points that the customer has.
    public var points: Int
    public var key: String { "customer-\(custId)" }
    public var violations: [String] {
        var found = Violations()
        found.require(!custId.isEmpty, "custId is empty")
        found.require(text: custId, "custId")
        found.require(text: grade, "grade")
        found.require(points >= 0, "points are below 0")
        return found.list
    }
    public init(custId: String, grade: String, points: Int) {
        (self.custId, self.grade, self.points) = (custId, grade, points)
    }
}
