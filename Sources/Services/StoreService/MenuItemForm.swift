import Contracts
import HTTPServer

/// A dish as the owner enters or changes it.
struct MenuItemForm: Decodable, Sendable {
    /// The demo store when it is left out.
    var storeId: LenientInt?
    var name: String?
    /// Won.
    var price: LenientInt?
    /// Portions, as counted.
    var stock: LenientInt?
    /// Not to be ordered for now, whatever the stock.
    var soldOut: LenientBool?

    private static let stockLimit = 1_000_000_000
    private static let nameLimit = 100

    /// Every member, for a new dish; the stock is 0 when it is left out.
    func complete() throws(InvalidFields) -> MenuItem {
        var wrong = wrongFields
        if name == nil { wrong.append(.init("name", "is missing")) }
        if price == nil { wrong.append(.init("price", "is missing")) }
        guard wrong.isEmpty, let name, let price else { throw InvalidFields(wrong) }
        return MenuItem(
            storeId: storeId?.value ?? DemoStore.id, name: name.composed, price: price.value, stock: stock?.value ?? 0,
            isSoldOut: soldOut?.value ?? false)
    }

    /// The members that a change may have.
    func check() throws(InvalidFields) {
        var wrong = wrongFields
        if name != nil { wrong.append(.init("name", "cannot be changed: orders name their dishes")) }
        if price == nil, stock == nil, soldOut == nil {
            wrong.append(.init("stock", "give a new price, stock or soldOut"))
        }
        guard wrong.isEmpty else { throw InvalidFields(wrong) }
    }

    /// The dish as it is after the change; what is left out stays as it is.
    func change(_ item: inout MenuItem) {
        if let price { item.price = price.value }
        if let stock { item.stock = stock.value }
        if let soldOut { item.isSoldOut = soldOut.value }
    }

    private var wrongFields: [Problem.Field] {
        var wrong: [Problem.Field] = []
        // A name stands in `name:qty,name:qty`.
        if let name,
            !name.isReadable(atMost: Self.nameLimit) || name.contains(",") || name.first?.isWhitespace == true
                || name.last?.isWhitespace == true
        {
            wrong.append(
                .init(
                    "name",
                    "must be 1 to \(Self.nameLimit) bytes without commas, control characters, or blanks around it"))
        }
        if let price, !Limits.price.contains(price.value) {
            wrong.append(.init("price", "must be \(Limits.price.lowerBound) to \(Limits.price.upperBound) won"))
        }
        if let stock, !(0...Self.stockLimit).contains(stock.value) {
            wrong.append(.init("stock", "must be 0 to \(Self.stockLimit)"))
        }
        return wrong
    }
}
