import Checkout
import Foundation
import Persistence
import Testing

/// Reads the databases of a system and checks what must always hold.
struct Books {
    let system: FoodSystem

    /// An event's key as a text, in SQL.
    var keyText: String { system.isOnPostgreSQL ? "convert_from(key, 'UTF8')" : "CAST(key AS TEXT)" }

    /// The numbers of a query's first column.
    func numbers(_ service: FoodSystem.Service, _ sql: String) async throws -> [Int] {
        let database = try Database.open(url: system.databaseURL(service), readers: 1)
        let numbers = try await database.read { try $0.query(sql) { try $0.integer(0) } }
        await database.close()
        return numbers
    }

    /// The texts of a query's first column.
    func texts(_ service: FoodSystem.Service, _ sql: String) async throws -> Set<String> {
        let database = try Database.open(url: system.databaseURL(service), readers: 1)
        let texts = try await database.read { try $0.query(sql) { try $0.text(0) } }
        await database.close()
        return Set(texts)
    }

    private func number(_ service: FoodSystem.Service, _ sql: String) async throws -> Int {
        try await numbers(service, sql).first ?? -1
    }

    /// Waits until every order is settled and every event has arrived everywhere.
    func settle(within limit: Duration = .seconds(60)) async {
        await eventually("no order waits for its payment", within: limit) {
            try await number(.order, "SELECT count(*) FROM orders WHERE status IN ('payWait', 'waiting')") == 0
        }
        await publish(within: limit)
        await catchUp(within: limit)
        await eventually("store and views have every paid order", within: limit) {
            let paid = try await number(.payment, "SELECT count(*) FROM pays WHERE status <> 'payDecline'")
            let received = try await number(.store, "SELECT count(*) FROM order_manages")
            let seen = try await number(
                .order, "SELECT count(*) FROM order_infos WHERE status NOT IN ('waiting', 'expired')")
            let dtls = try await number(.store, "SELECT count(*) FROM order_dtls")
            return paid == received && paid == seen && paid == dtls
        }
    }

    /// Waits until every event has reached the broker.
    func publish(within limit: Duration = .seconds(60)) async {
        for service in FoodSystem.Service.all {
            await eventually("the outbox of \(service) is empty", within: limit) {
                try await number(service, "SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0
            }
        }
    }

    /// Waits while the store still receives orders: after many kills under load it has a long way to go.
    private func catchUp(within limit: Duration) async {
        var (received, isGrowing) = (-1, true)
        while isGrowing {
            isGrowing = false
            await eventually("the store goes on receiving", within: limit) {
                let paid = try await number(.payment, "SELECT count(*) FROM pays WHERE status <> 'payDecline'")
                let now = try await number(.store, "SELECT count(*) FROM order_manages")
                defer { received = max(received, now) }
                if now == paid { return true }
                isGrowing = now > received
                return isGrowing
            }
        }
    }

    /// - Parameter acknowledged: the ids that were answered 201.
    func check(acknowledged: Set<String>) async throws {
        let orders = try await texts(
            .order, "SELECT order_id FROM orders WHERE status NOT IN ('payWait', 'waiting', 'declined', 'expired')")
        #expect(acknowledged.subtracting(orders) == [], "acknowledged orders were lost")
        let charged = try await texts(.payment, "SELECT order_id FROM ledger_entries WHERE kind = 'charge'")
        #expect(charged == orders, "charges and orders differ")
        let received = try await texts(.store, "SELECT order_id FROM order_manages")
        #expect(received == orders, "the store's orders and the orders differ")
        try await checkPortions()
        try await checkLedgers()
    }

    /// What holds whatever was ordered: nothing is entered twice, the stock adds up, and the files are sound.
    func checkLedgers() async throws {
        let double =
            "SELECT count(*) FROM (SELECT 1 FROM ledger_entries GROUP BY order_id, kind HAVING count(*) > 1) AS found"
        #expect(try await number(.payment, double) == 0, "an order was charged twice")
        let placed = """
            SELECT count(*) FROM (SELECT 1 FROM outbox WHERE type = 'OrderPlaced' GROUP BY key
            HAVING count(*) > 1) AS found
            """
        #expect(try await number(.order, placed) == 0, "an order was announced twice")
        let wrong = """
            SELECT count(*) FROM menu_items m WHERE stock < 0 OR stock <> (
                SELECT sum(CASE kind WHEN 'sold' THEN -quantity ELSE quantity END) FROM stock_entries
                WHERE menu_item_id = m.id)
            """
        #expect(try await number(.store, wrong) == 0, "the stock ledger does not add up")
        for service in FoodSystem.Service.all where !system.isOnPostgreSQL {
            #expect(try await texts(service, "PRAGMA integrity_check") == ["ok"])
        }
    }

    /// Every order took its three portions once, and gave them back unless they were cooked. One query, as orders are still
    /// being rejected by their deadlines.
    private func checkPortions() async throws {
        let difference = """
            SELECT (SELECT coalesce(sum(CASE kind WHEN 'sold' THEN quantity WHEN 'restored' THEN -quantity END), 0)
                    FROM stock_entries)
                - 3 * (SELECT count(*) FROM order_manages WHERE NOT (status = 'orderReject' OR status = 'orderCxl'
                       AND order_id NOT IN (SELECT \(keyText) FROM outbox WHERE type = 'CookStarted')))
            """
        #expect(try await number(.store, difference) == 0, "stock was taken twice or not at all")
    }
}
