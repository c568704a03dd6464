import Foundation
import HTTPClient
import Testing

/// A store that one test has for itself, with its customer and its owner, who find their way by links.
struct OwnStore: Sendable {
    typealias Document = [String: Any]

    /// Among the demo riders, who answer nothing.
    static let busyLat = 37.36
    static let lon = 127.106

    let system: FoodSystem
    let address: String
    let id: Int
    let lat: Double

    /// Who orders here and nowhere else.
    var custId: String { "cust-\(id)" }

    /// - Parameters:
    ///   - capacity: of its kitchen; 0 for no limit.
    ///   - lat: a degree from all other stores it has riders of its own.
    static func open(in system: FoodSystem, capacity: Int = 0, lat: Double = busyLat) async throws -> OwnStore {
        let answer = try await system.send(
            .post, .store, "stores",
            #"{"name":"시험 가게","address":"불정로 90","lat":\#(lat),"lon":\#(lon),"kitchenCapacity":\#(capacity)}"#)
        #expect(answer.status == 201)
        let address = try #require(answer.headers["Location"])
        return OwnStore(
            system: system, address: address, id: try #require(Int(address.split(separator: "/").last ?? "")), lat: lat)
    }

    /// Enters a dish and waits until customers can order it.
    /// - Returns: its address.
    func enter(_ dish: String, price: Int, stock: Int) async throws -> String {
        let answer = try await system.send(
            .post, .store, "menuItems", #"{"storeId":\#(id),"name":"\#(dish)","price":\#(price),"stock":\#(stock)}"#)
        #expect(answer.status == 201)
        await eventually("\(dish) is on the menu") { try await menu(dish) != nil }
        return try #require(answer.headers["Location"])
    }

    /// The dish as customers see it.
    func menu(_ dish: String) async throws -> Document? {
        try await list(.order, "menus", "findByStoreId?storeId=\(id)").first { $0["name"] as? String == dish }
    }

    /// Asks for an order of this store.
    func ask(_ orderId: String, for orderInfo: String, at price: Int) async throws -> ClientResponse {
        try await system.send(
            .post, .order, "orders",
            #"{"orderId":"\#(orderId)","custId":"\#(custId)","custAddr":"불정로 10","custTel":"010-1234-5678","#
                + #""orderInfo":"\#(orderInfo)","totPrice":\#(price),"storeId":\#(id)}"#)
    }

    /// Places a paid order, under an id that no other one has, and waits until the owner has it.
    func order(_ orderInfo: String, at price: Int) async throws -> String {
        let orderId = "r-\(UUID().uuidString.prefix(8))"
        #expect(try await ask(orderId, for: orderInfo, at: price).status == 201)
        await eventually("the owner has \(orderId)") { try await owner(orderId)["status"] is String }
        return orderId
    }

    /// The order on the owner's counter.
    func owner(_ orderId: String) async throws -> Document { try await find("orderManages", .store, orderId) }
    /// The order as the customer sees it.
    func customer(_ orderId: String) async throws -> Document { try await find("orderInfos", .order, orderId) }

    func find(_ resource: String, _ service: FoodSystem.Service, _ orderId: String) async throws -> Document {
        try await system.get(service, "\(resource)/search/findByOrderId?orderId=\(orderId)").json
    }

    /// What a search finds.
    func list(_ service: FoodSystem.Service, _ resource: String, _ search: String) async throws -> [Document] {
        let list = try await system.get(service, "\(resource)/search/\(search)").json
        return (list["_embedded"] as? Document)?[resource] as? [Document] ?? []
    }

    /// Gives one of the owner's commands, where the order links to it.
    @discardableResult
    func give(_ command: String, to orderId: String, _ body: String = "{}") async throws -> Document {
        let address = try #require(await owner(orderId).links[command], "there is no link \(command)")
        let answer = try await put(address, body)
        #expect(answer.status == 200, "\(command)")
        return answer.json
    }

    /// The same, without asking whether it is legal now.
    func insist(on command: String, of orderId: String, _ body: String = "{}") async throws -> ClientResponse {
        let address = try #require(await owner(orderId).links["self"])
        return try await put("\(address)/\(command)", body)
    }

    private func put(_ address: String, _ body: String) async throws -> ClientResponse {
        try await send(.put, address, body)
    }

    func send(_ method: ClientRequest.Method, _ address: String, _ body: String) async throws -> ClientResponse {
        try await system.send(
            ClientRequest(method, address, headers: [("Content-Type", "application/json")], body: Data(body.utf8)))
    }

    /// Waits until the owner's counter, the owner's view and the customer show this status.
    func becomes(_ status: String, _ orderId: String) async {
        await eventually("\(orderId) is \(status) for everybody") {
            let owner = try await find("orderDtls", .store, orderId)["status"] as? String
            let customer = try await customer(orderId)["status"] as? String
            return owner == status && customer == status
        }
    }

    /// Waits until the customer has the money back.
    func isRefunded(_ orderId: String) async {
        await eventually("\(orderId) is refunded") {
            let pay = try await system.status(.payment, "pays", orderId)
            let customer = try await customer(orderId)["status"] as? String
            let order = try await system.status(.order, "orders", orderId)
            return pay == "payCxl" && customer == "payCxl" && order == "payCxl"
        }
    }
}

extension [String: Any] {
    /// Where the document leads to.
    var links: [String: String] {
        (self["_links"] as? [String: [String: Any]] ?? [:]).compactMapValues { $0["href"] as? String }
    }
}
