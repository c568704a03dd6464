import Contracts
import HTTPServer

/// What a customer sends about an order; nothing in it is trusted.
struct ReviewForm: Decodable, Sendable {
    var orderId: String?
    var custId: String?
    /// Nothing when it is left out: the stars say it.
    var text: String?
    var ratings: Ratings?

    typealias Ratings = LimitedList<100, Rating>
    struct Rating: Decodable, Sendable {
        var name: String
        var rating: LenientInt
    }

    /// - Returns: which order it is about.
    func checked() throws(InvalidFields) -> String {
        var wrong: [Problem.Field] = []
        for (field, text) in [("orderId", orderId), ("custId", custId)] where text?.isEmpty ?? true {
            wrong.append(.init(field, "must not be empty"))
        }
        if let text, text.utf8.count > Limits.review {
            wrong.append(.init("text", "must not be longer than \(Limits.review) bytes"))
        } else if let text, text.unicodeScalars.contains(where: Self.isControl) {
            wrong.append(.init("text", "must not contain control characters"))
        }
        if ratings?.elements.isEmpty ?? true {
            wrong.append(.init("ratings", "must rate 1 to \(Ratings.limit) dishes of the order"))
        }
        guard wrong.isEmpty, let orderId else { throw InvalidFields(wrong) }
        return orderId
    }

    /// The part of the check that needs the order. A stranger is told nothing of its dishes.
    func dishes(of meal: Meal) throws(InvalidFields) -> [DishRating] {
        guard custId == meal.custId else {
            throw InvalidFields([.init("custId", "is not who ordered it", rejected: custId)])
        }
        let ordered = Set((OrderItem.parse(meal.orderInfo) ?? []).map(\.name))
        var (wrong, rated): ([Problem.Field], Set<String>) = ([], [])
        let dishes = (ratings?.elements ?? []).map { Rating(name: $0.name.composed, rating: $0.rating) }
        for (index, dish) in dishes.enumerated() {
            if !ordered.contains(dish.name) {
                wrong.append(.init("ratings[\(index)].name", "is no dish of the order"))
            } else if !rated.insert(dish.name).inserted {
                wrong.append(.init("ratings[\(index)].name", "is rated twice", rejected: dish.name))
            }
            if !Limits.rating.contains(dish.rating.value) {
                let (from, to) = (Limits.rating.lowerBound, Limits.rating.upperBound)
                wrong.append(
                    .init("ratings[\(index)].rating", "must be \(from) to \(to)", rejected: "\(dish.rating.value)"))
            }
        }
        guard wrong.isEmpty else { throw InvalidFields(wrong) }
        return dishes.map { DishRating(name: $0.name, rating: $0.rating.value) }
    }

    /// But for tabs and line ends.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        (scalar.value < 0x20 && ![0x09, 0x0A, 0x0D].contains(scalar.value)) || scalar.value == 0x7F
    }
}
