import Contracts
import Events
import Messaging
import Persistence

/// Somebody who orders, with what that has earned so far.
struct Customer: Aggregate {
    var id = 0
    var version = 1
    let custId: String
    private(set) var grade = Grade.bronze
    private(set) var points = 0
    private(set) var deliveredOrders = 0

    var key: String { custId }

    /// By how many orders were delivered.
    enum Grade: String, CaseIterable, ColumnValue {
        case bronze, silver, gold, vip

        var from: Int {
            switch self {
            case .bronze: 0
            case .silver: 5
            case .gold: 20
            case .vip: 50
            }
        }

        static func reached(with orders: Int) -> Grade { allCases.last { $0.from <= orders } ?? .bronze }
    }

    /// One for a hundred won.
    static func points(for totPrice: Int) -> Int { totPrice / 100 }

    /// A delivered order brings points, and perhaps a higher grade.
    mutating func credit(_ earned: Int) -> [any Event] {
        // Prices come from events: no sum of them may end the process.
        points += min(earned, Int.max - points)
        deliveredOrders += 1
        let reached = Grade.reached(with: deliveredOrders)
        guard reached != grade else { return [] }
        grade = reached
        return [CustomerGradeChanged(custId: custId, grade: grade.rawValue, points: points)]
    }
}
