import SharedKernel

/// What `/orders` shows of an order: what every context does, and how its payment stands.
struct OrderPage: Encodable {
    let order: OrderBody
    /// In the line of those that wait for their payment, from 1.
    let place: Int?
    /// ISO 8601: an order that waits is given up then.
    let payBy: String?

    static let members = OrderBody.members + CodingKeys.allCases.map(\.rawValue)

    private enum CodingKeys: String, CodingKey, CaseIterable { case place, payBy }

    func encode(to encoder: any Encoder) throws {
        try order.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(place, forKey: .place)
        try container.encodeIfPresent(payBy, forKey: .payBy)
    }
}
