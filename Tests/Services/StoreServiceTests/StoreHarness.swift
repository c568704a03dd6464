import Contracts
import Persistence
import ServiceTestSupport

@testable import StoreService

typealias StoreHarness = ServiceHarness<StoreService>

/// How many the demo catalog has.
let (demoStores, demoDishes) = (3, 10)

/// A paid order of the demo store.
func details(_ orderId: String = "a123", _ orderInfo: String = "김치찌개:1,제육볶음:2", storeId: Int = 1) -> OrderDetails {
    OrderDetails(
        orderId: orderId, custId: "hkh9405", custAddr: "불정로 10", custTel: "010-1234-5678", orderInfo: orderInfo,
        totPrice: 18_000, storeId: storeId)
}

extension ServiceHarness<StoreService> {
    @discardableResult
    func receive(_ order: OrderDetails = details(), id: String? = nil) async throws -> Answer {
        try await deliver(PaymentApproved(order, payId: 1), id: id)
        return try await get("/orderManages/search/findByOrderId?orderId=\(order.orderId)")
    }

    /// Makes one of the owner's moves on the order with this number.
    func move(_ name: String, _ id: Int = 1, headers: [(String, String)] = []) async throws -> Answer {
        let bodies = [
            "accept": #"{"cookMinutes":30}"#, "delay": #"{"cookMinutes":45}"#, "reject": #"{"reason":"재료 소진"}"#,
        ]
        return try await put("/orderManages/\(id)/\(name)", bodies[name] ?? "", headers: headers)
    }

    /// Portions left of the dishes of the demo store, in their order on the menu.
    func stock() async throws -> [Int] {
        try await get("/menuItems?sort=id&size=4").embedded("menuItems").compactMap { $0["stock"]?.int }
    }

    func setStock(_ id: Int, _ stock: Int) async throws {
        _ = try await patch("/menuItems/\(id)", #"{"stock":\#(stock)}"#)
    }

    /// Events that were published after the demo catalog.
    func told() async throws -> [String] {
        try await published().map(\.type).filter { $0 != "MenuItemChanged" }
    }

    /// Dishes whose stock is not entered − sold + restored, or whose event's key or count is wrong.
    func wrongBooks() async throws -> Int {
        try await number(
            """
            SELECT count(*) FROM menu_items WHERE stock <> (
                SELECT sum(CASE kind WHEN 'sold' THEN -quantity ELSE quantity END) FROM stock_entries
                WHERE menu_item_id = menu_items.id)
            """)
    }

    func rows(_ table: String) async throws -> Int { try await number("SELECT count(*) FROM \(table)") }
}
