import Contracts
import HTTPServer
import Messaging
import Persistence
import Time

/// A customer writes about an order of theirs that was delivered; once.
enum WriteReview {
    /// - Throws: `NotFound` 404 for an unknown order; ``InvalidFields`` 422, also for somebody else's order; `Conflict` 409
    ///   before the delivery and after a review.
    static func write(_ form: ReviewForm, in transaction: Transaction) throws -> Review {
        guard let meal = try Meals.all.find(form.checked(), in: transaction) else {
            throw NotFound("There is no such order")
        }
        let dishes = try form.dishes(of: meal)
        switch meal.status {
        case .ordered: throw Conflict("배달이 완료된 주문만 리뷰를 작성할 수 있습니다.")
        case .reviewed: throw Conflict("이미 리뷰를 작성한 주문입니다.")
        case .delivered: try Meals.all.update(meal, in: transaction) { try $0.go(.review) }
        }
        let review = Review(of: meal, dishes, form.text ?? "", at: transaction.now)
        return try Reviews.all.insert(review, in: transaction) { review in
            [
                ReviewCreated(
                    orderId: review.orderId, storeId: review.storeId, custId: review.custId, ratings: dishes,
                    text: review.text, createdAt: review.createdAt.rfc3339)
            ]
        }
    }
}
