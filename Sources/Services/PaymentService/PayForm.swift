import Contracts
import HTTPServer

/// A charge as the order service, or somebody with httpie, asks for it.
struct PayForm: Decodable, Sendable {
    var orderId: String?
    var custId: String?
    var custAddr: String?
    var custTel: String?
    var orderInfo: String?
    var totPrice: LenientInt?
    var storeId: LenientInt?
    /// Of a customer who has agreed to pay in the window of the provider outside; else it is made from the order id.
    var paymentKey: String?

    /// - Throws: ``InvalidFields`` with one entry per wrong field.
    func checked() throws(InvalidFields) -> OrderDetails {
        let texts = [
            ("orderId", orderId), ("custId", custId), ("custAddr", custAddr), ("custTel", custTel),
        ]
        var wrong = texts.compactMap { name, text -> Problem.Field? in
            guard let text, text.utf8.count > Limits.text || text.hasControlCharacters else { return nil }
            return .init(name, "must be at most \(Limits.text) bytes, without control characters")
        }
        if orderId?.isEmpty ?? true { wrong.append(.init("orderId", "must not be empty")) }
        if custId?.isEmpty ?? true { wrong.append(.init("custId", "must not be empty")) }
        if totPrice.map({ Limits.total.contains($0.value) }) != true {
            wrong.append(
                .init("totPrice", "must be a number of won, \(Limits.total.lowerBound) to \(Limits.total.upperBound)"))
        }
        if let paymentKey,
            !(1...200).contains(paymentKey.utf8.count) || !paymentKey.utf8.allSatisfy(TossOrderId.isPlain)
        {
            wrong.append(.init("paymentKey", "must be 1 to 200 letters, digits, - or _"))
        }
        if !namesDishesOnce { wrong.append(.init("orderInfo", "must name dishes once each, as name:qty,name:qty")) }
        guard wrong.isEmpty, let orderId, let custId, let totPrice, let orderInfo else { throw InvalidFields(wrong) }
        return OrderDetails(
            orderId: orderId, custId: custId, custAddr: custAddr ?? "", custTel: custTel ?? "", orderInfo: orderInfo,
            totPrice: totPrice.value, storeId: storeId?.value ?? DemoStore.id)
    }

    /// Whether every dish is named once, with a quantity that an order may have.
    private var namesDishesOnce: Bool {
        guard let orderInfo, orderInfo.utf8.count <= Limits.orderInfo, let items = OrderItem.parse(orderInfo),
            Limits.dishes.contains(items.count), items.allSatisfy({ Limits.portions.contains($0.qty) }),
            Set(items.map(\.name)).count == items.count
        else { return false }
        return true
    }
}
