/// Whatever has links.
struct LinkedDocument: Decodable, Sendable { var _links: [String: OrderDocument.Link] }

struct DeliveryDocument: Decodable, Sendable, CustomStringConvertible {
    var orderId: String
    var status: String
    var riderId: Int?
    var cmpltTime: String
    var _links: [String: OrderDocument.Link]

    var address: String { _links["self"]?.href ?? "" }
    var description: String { "\(orderId) \(address) \(status) rider \(riderId.map(String.init) ?? "none")" }
}

struct CustomerDocument: Decodable, Sendable {
    var custId: String
    var points: Int
    var deliveredOrders: Int
}

struct ReviewDocument: Decodable, Sendable {
    var orderId: String
    var ratings: [Dish]

    struct Dish: Decodable, Sendable {
        var name: String
        var rating: Int
    }
}

struct RatingDocument: Decodable, Sendable {
    var name: String
    var average: Double
    var count: Int
}
