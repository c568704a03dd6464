import Contracts
import HTTPServer
import Persistence

/// What the customer sends; nothing in it is trusted.
struct OrderForm: Decodable, Sendable {
    var orderId: String?
    var custId: String?
    var custAddr: String?
    var custTel: String?
    /// `name:qty,name:qty`; or else ``items``.
    var orderInfo: String?
    var items: Items?
    var totPrice: LenientInt?
    var storeId: LenientInt?

    typealias Items = LimitedList<100, Item>
    struct Item: Decodable, Sendable {
        var name: String
        var qty: LenientInt
    }

    /// Checks the order against the local copy of the menu.
    /// - Throws: ``InvalidFields`` with one entry per wrong field; ``MenuUnknown``.
    func checked(orderId: String, in connection: any Connection) throws -> OrderDetails {
        let storeId = storeId?.value ?? DemoStore.id
        var wrong = wrongTexts
        let named = named
        let total = try price(named, at: storeId, in: connection, &wrong)
        if total == nil, try !Menus.isKnown(storeId, in: connection) {
            throw try unknownStore(storeId, in: connection)
        }
        if let total, totPrice?.value != total {
            let sent = totPrice.map { String($0.value) }
            wrong.append(.init("totPrice", "must be \(total), the sum of the menu prices", rejected: sent))
        }
        guard wrong.isEmpty, let custId, let total else { throw InvalidFields(wrong) }
        let items = Self.merged(named)
        let asSent = items.count == named.count ? orderInfo?.composed : nil
        return OrderDetails(
            orderId: orderId, custId: custId, custAddr: custAddr ?? "", custTel: custTel ?? "",
            orderInfo: asSent ?? OrderItem.orderInfo(of: items), totPrice: total, storeId: storeId)
    }

    /// Whether it can be the request that the order is from.
    func asks(for order: OrderDetails) -> Bool {
        Self.merged(named) == OrderItem.parse(order.orderInfo) && totPrice?.value == order.totPrice
            && (storeId?.value ?? DemoStore.id, custId, custAddr ?? "", custTel ?? "")
                == (order.storeId, order.custId, order.custAddr, order.custTel)
    }

    private var wrongTexts: [Problem.Field] {
        let texts = [("orderId", orderId), ("custId", custId), ("custAddr", custAddr), ("custTel", custTel)]
        let isEmpty = custId.map { $0.utf8.count <= Limits.text && $0.allSatisfy(\.isWhitespace) } ?? true
        let empty = isEmpty ? [Problem.Field("custId", "must not be empty")] : []
        let noId = orderId?.isEmpty == true ? [Problem.Field("orderId", "must not be empty")] : []
        return empty + noId
            + texts.compactMap { name, text in
                guard let text else { return nil }
                if text.utf8.count > Limits.text {
                    return .init(name, "must not be longer than \(Limits.text) bytes")
                }
                return text.hasControlCharacters ? .init(name, "must not contain control characters") : nil
            }
    }

    /// The dishes as they were named; empty when there is none or they cannot be read.
    private var named: [OrderItem] {
        guard let orderInfo else {
            return items?.elements.map { OrderItem(name: $0.name.composed, qty: $0.qty.value) } ?? []
        }
        return orderInfo.utf8.count <= Limits.orderInfo ? OrderItem.parse(orderInfo.composed) ?? [] : []
    }

    /// One entry per dish, in the order they were first named: what payment and store count with.
    private static func merged(_ items: [OrderItem]) -> [OrderItem] {
        items.reduce(into: []) { merged, item in
            if let index = merged.firstIndex(where: { $0.name == item.name }) {
                merged[index].qty += item.qty
            } else {
                merged.append(item)
            }
        }
    }
}
