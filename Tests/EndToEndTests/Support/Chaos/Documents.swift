import Foundation

/// An order as any of the services shows it; a payment, too.
struct OrderDocument: Decodable, Sendable, Equatable, CustomStringConvertible {
    var orderId: String
    var custId, custAddr, custTel, orderInfo: String
    var totPrice: Int
    var status: String?
    var cmpltTime: String?
    var reason: String?
    var _links: [String: Link]

    struct Link: Decodable, Sendable, Equatable { var href: String }

    /// What every document of one order has in common.
    var details: [String] { [custId, custAddr, custTel, orderInfo, String(totPrice)] }

    /// Portions by dish.
    var portions: [String: Int] {
        let pairs = orderInfo.split(separator: ",").map { item in
            let parts = item.split(separator: ":")
            return (String(parts[0]), Int(parts[1]) ?? 0)
        }
        return Dictionary(pairs, uniquingKeysWith: +)
    }

    var address: String { _links["self"]?.href ?? "" }
    /// The same from every instance.
    var path: String { URL(string: address)?.path() ?? "" }
    var description: String { "\(orderId) \(address) \(status ?? "null")" }
}

struct LedgerDocument: Decodable, Sendable {
    var orderId: String
    var kind: String
    var amount: Int
}

struct DishDocument: Decodable, Sendable, Equatable {
    var name: String
    var price: Int
    var stock: Int
}

/// One page of a list.
struct PageDocument<Item: Decodable & Sendable>: Decodable, Sendable {
    var _embedded: [String: [Item]]
    var _links: [String: OrderDocument.Link]
    var page: Page

    struct Page: Decodable, Sendable { var totalElements: Int }
}
