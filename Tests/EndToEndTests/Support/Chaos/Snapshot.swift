import Foundation
import HTTPClient

/// Everything that the services show over HTTP, read to the last page, and what only their databases say.
struct Snapshot: Sendable {
    var orders: [OrderDocument]
    var orderInfos: [OrderDocument]
    var orderManages: [OrderDocument]
    var orderDtls: [OrderDocument]
    var pays: [OrderDocument]
    var ledgerEntries: [LedgerDocument]
    var menuItems: [DishDocument]
    var menus: [DishDocument]
    var myPages: [OrderDocument]
    var deliveries: [DeliveryDocument]
    var riders: [LinkedDocument]
    var customers: [CustomerDocument]
    var reviews: [ReviewDocument]
    var ratings: [RatingDocument]
    /// Orders whose cooking has begun, whatever became of them.
    var begun: Set<String>
    /// `<orderId> <event>` of each message that was not shed.
    var notices: Set<String>
}

extension Snapshot {
    /// - Throws: ``GiveUp`` when a page is not answered, or a list is not as long as its pages say.
    init(of system: FoodSystem) async throws {
        orders = try await Self.list("orders", of: .order, in: system)
        orderInfos = try await Self.list("orderInfos", of: .order, in: system)
        orderManages = try await Self.list("orderManages", of: .store, in: system)
        orderDtls = try await Self.list("orderDtls", of: .store, in: system)
        pays = try await Self.list("pays", of: .payment, in: system)
        ledgerEntries = try await Self.list("ledgerEntries", of: .payment, in: system)
        menuItems = try await Self.list("menuItems", of: .store, in: system)
        menus = try await Self.list("menus", of: .order, in: system)
        myPages = try await Self.list("myPages", of: .customer, in: system)
        deliveries = try await Self.list("deliveries", of: .delivery, in: system)
        riders = try await Self.list("riders", of: .delivery, in: system)
        customers = try await Self.list("customers", of: .customer, in: system)
        reviews = try await Self.list("reviews", of: .customer, in: system)
        ratings = try await Self.list("ratings", of: .store, in: system)
        let books = Books(system: system)
        begun = try await books.texts(.store, "SELECT \(books.keyText) FROM outbox WHERE type = 'CookStarted'")
        notices = try await books.texts(
            .customer,
            "SELECT order_id || ' ' || notice FROM messages WHERE order_id IS NOT NULL AND status <> 'shed'")
    }

    /// Follows the `next` links.
    private static func list<Item: Decodable & Sendable>(
        _ resource: String, of service: FoodSystem.Service, in system: FoodSystem
    ) async throws -> [Item] {
        var items: [Item] = []
        var next: String? = system.url(service, "\(resource)?size=1000")
        var total = 0
        while let url = next {
            let answer = try await system.send(ClientRequest(.get, url, timeout: .seconds(60)))
            guard answer.status == 200 else { throw GiveUp(description: "GET \(url) was answered \(answer.status)") }
            let page = try JSONDecoder().decode(PageDocument<Item>.self, from: answer.body)
            items += page._embedded[resource] ?? []
            (total, next) = (page.page.totalElements, page._links["next"]?.href)
        }
        guard items.count == total else {
            throw GiveUp(description: "the pages of /\(resource) hold \(items.count) of \(total) items")
        }
        return items
    }
}
