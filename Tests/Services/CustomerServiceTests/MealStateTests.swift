import Events
import Testing

@testable import CustomerService

@Suite("What may be reviewed")
struct MealStateTests {
    /// Written down once more: what is not here is illegal.
    private static let legal: [String: String] = ["ordered deliver": "delivered", "delivered review": "reviewed"]

    @Test("Every move in every status is as the table says")
    func grid() {
        for status in Meal.Status.allCases {
            for move in Meal.Move.allCases {
                var meal = Meal(
                    orderId: "a", custId: "c", storeId: 1, orderInfo: "김치찌개:1", status: status)
                let expected = Self.legal["\(status) \(move)"]
                do {
                    #expect(try meal.go(move).isEmpty)
                    #expect(meal.status.rawValue == expected)
                } catch {
                    #expect(expected == nil && meal.status == status)
                }
            }
        }
    }
}
