import Contracts
import HTTPServer
import Persistence

/// The part of the check that needs the menu.
extension OrderForm {
    private static let quantityLimit = 10_000

    /// - Returns: the sum in won; `nil` when a dish is wrong, which `wrong` then tells.
    func price(
        _ items: [OrderItem], at storeId: Int, in connection: any Connection, _ wrong: inout [Problem.Field]
    ) throws -> Int? {
        let field = orderInfo == nil && self.items != nil ? "items" : "orderInfo"
        guard !items.isEmpty, items.count <= Items.limit else {
            wrong.append(.init(field, "must name 1 to \(Items.limit) dishes as name:qty,name:qty"))
            return nil
        }
        let before = wrong.count
        var total = 0
        for item in items {
            guard (1...Self.quantityLimit).contains(item.qty) else {
                wrong.append(.init(field, "the quantity of \(item.name) must be 1 to \(Self.quantityLimit)"))
                continue
            }
            guard let dish = try Menus.find(item.name, of: storeId, in: connection) else {
                wrong.append(.init(field, "\(item.name) is not on the menu"))
                continue
            }
            guard !dish.isSoldOut else {
                wrong.append(.init(field, "\(item.name) is sold out"))
                continue
            }
            guard let sum = Self.sum(total, dish.price, item.qty) else {
                wrong.append(.init(field, "the price of \(item.name) cannot be charged"))
                continue
            }
            total = sum
        }
        return wrong.count == before ? total : nil
    }

    /// Prices come from events: however they got into the table, no sum of them may end the process.
    /// - Returns: `nil` when nobody can be charged that much, or so little.
    private static func sum(_ total: Int, _ price: Int, _ quantity: Int) -> Int? {
        let (cost, isTooMuch) = price.multipliedReportingOverflow(by: quantity)
        let (sum, isTooMuchInAll) = total.addingReportingOverflow(cost)
        return !isTooMuch && !isTooMuchInAll && Limits.total.contains(sum) ? sum : nil
    }

    func unknownStore(_ storeId: Int, in connection: any Connection) throws -> any HTTPFailure {
        guard try Menus.isAnyKnown(in: connection) else { return MenuUnknown() }
        return InvalidFields([.init("storeId", "is no store with a menu", rejected: String(storeId))])
    }
}
