import Contracts
import Events
import Messaging
import Persistence

/// The table of orders on the owner's counter.
enum OrderManages {
    static let migrations = [
        Migration(
            "store", 2,
            [
                """
                CREATE TABLE order_manages (
                    id INTEGER PRIMARY KEY, order_id TEXT NOT NULL UNIQUE,
                    cust_id TEXT NOT NULL, cust_addr TEXT NOT NULL, cust_tel TEXT NOT NULL,
                    order_info TEXT NOT NULL, tot_price INTEGER NOT NULL, store_id INTEGER NOT NULL,
                    status TEXT NOT NULL, cmplt_time TEXT, reason TEXT, version INTEGER NOT NULL DEFAULT 1) STRICT
                """
            ])
    ]

    struct Stored: Sendable {
        var id: Int
        var order: OrderManage
        var version: Int
    }

    static let columns =
        "id, order_id, cust_id, cust_addr, cust_tel, order_info, tot_price, store_id, status, cmplt_time, reason, version"
    private static let byOrderId = "SELECT \(columns) FROM order_manages WHERE order_id = $1"

    static func insert(_ order: OrderManage, in transaction: Transaction) throws {
        let details = order.details
        try transaction.execute(
            """
            INSERT INTO order_manages (order_id, cust_id, cust_addr, cust_tel, order_info, tot_price, store_id, status,
                                       reason)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            [
                .text(details.orderId), .text(details.custId), .text(details.custAddr), .text(details.custTel),
                .text(details.orderInfo), .integer(details.totPrice), .integer(details.storeId),
                .text(order.status.rawValue), .optional(order.reason),
            ])
    }

    /// Changes one order and queues its events: all of it or none of it.
    /// - Throws: what `change` throws.
    static func update(
        _ stored: Stored, in transaction: Transaction, _ change: (inout OrderManage) throws -> [any Event]
    ) throws -> Stored {
        var stored = stored
        let events = try change(&stored.order)
        stored.version += 1
        try transaction.execute(
            "UPDATE order_manages SET status = $1, cmplt_time = $2, reason = $3, version = $4 WHERE id = $5",
            [
                .text(stored.order.status.rawValue), .optional(stored.order.cmpltTime), .optional(stored.order.reason),
                .integer(stored.version), .integer(stored.id),
            ])
        try Outbox.append(events, in: transaction)
        return stored
    }

    static func find(orderId: String, in connection: any Connection) throws -> Stored? {
        try connection.first(byOrderId, [.text(orderId)], read)
    }

    static func find(id: Int, in connection: any Connection) throws -> Stored? {
        try connection.first("SELECT \(columns) FROM order_manages WHERE id = $1", [.integer(id)], read)
    }

    static func read(_ row: any Row) throws -> Stored {
        guard let status = OrderManage.Status(rawValue: try row.text(8)) else {
            throw DatabaseError(
                kind: .other, message: "order \(try row.integer(0)) has the unknown status \(try row.text(8))")
        }
        let orderInfo = try row.text(5)
        let details = OrderDetails(
            orderId: try row.text(1), custId: try row.text(2), custAddr: try row.text(3), custTel: try row.text(4),
            orderInfo: orderInfo, items: OrderItem.parse(orderInfo) ?? [], totPrice: try row.integer(6),
            storeId: try row.integer(7))
        let order = OrderManage(
            details, status: status, cmpltTime: try row.optionalText(9), reason: try row.optionalText(10))
        return Stored(id: try row.integer(0), order: order, version: try row.integer(11))
    }
}
