import Contracts
import Persistence
import Time

/// The table of orders.
enum Orders {
    static let migrations = [
        Migration(
            "order", 1,
            [
                // AUTOINCREMENT: the id of an order that was abandoned must not become somebody else's link.
                """
                CREATE TABLE orders (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, order_id TEXT NOT NULL UNIQUE,
                    cust_id TEXT NOT NULL, cust_addr TEXT NOT NULL, cust_tel TEXT NOT NULL,
                    order_info TEXT NOT NULL, tot_price INTEGER NOT NULL, store_id INTEGER NOT NULL,
                    status TEXT NOT NULL, cmplt_time TEXT, reason TEXT,
                    fingerprint TEXT NOT NULL, asked_at INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1) STRICT
                """,
                // What the reconciler looks for; empty but for the orders that are being paid right now.
                "CREATE INDEX orders_unpaid ON orders (asked_at) WHERE status = 'payWait'",
            ])
    ]

    /// A row, with what the table keeps beside the aggregate.
    struct Stored: Sendable {
        var id: Int
        var order: Order
        var version: Int
        /// Of the request that placed the order: tells a repetition from another order under the same id. Empty when the
        /// order came into being by its payment's event.
        var fingerprint: String
        /// When payment was asked last.
        var askedAt: Timestamp

        /// As the request that placed the order was answered, whatever became of the order since.
        var asFirstAnswered: Stored {
            var first = self
            first.order = Order(order.details, status: .orderCmplt)
            first.version = 2  // Stored, then paid.
            return first
        }
    }

    static let columns = """
        id, order_id, cust_id, cust_addr, cust_tel, order_info, tot_price, store_id, status, cmplt_time, reason,
        version, fingerprint, asked_at
        """
    private static let byOrderId = "SELECT \(columns) FROM orders WHERE order_id = $1"

    static func insert(_ order: Order, fingerprint: String, in transaction: Transaction) throws -> Stored {
        let details = order.details
        let id = try transaction.insert(
            """
            INSERT INTO orders (order_id, cust_id, cust_addr, cust_tel, order_info, tot_price, store_id, status,
                                fingerprint, asked_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            [
                .text(details.orderId), .text(details.custId), .text(details.custAddr), .text(details.custTel),
                .text(details.orderInfo), .integer(details.totPrice), .integer(details.storeId),
                .text(order.status.rawValue), .text(fingerprint), .time(transaction.now),
            ])
        return Stored(id: id, order: order, version: 1, fingerprint: fingerprint, askedAt: transaction.now)
    }

    static func find(orderId: String, in connection: any Connection) throws -> Stored? {
        try connection.first(byOrderId, [.text(orderId)], read)
    }

    static func find(id: Int, in connection: any Connection) throws -> Stored? {
        try connection.first("SELECT \(columns) FROM orders WHERE id = $1", [.integer(id)], read)
    }

    /// - Returns: `nil` when the order is unknown.
    static func status(of orderId: String, in connection: any Connection) throws -> Order.Status? {
        try connection.first("SELECT status FROM orders WHERE order_id = $1", [.text(orderId)]) { try status($0, 0) }
    }

    /// - Throws: `DatabaseError` when the row holds a status that this program does not know.
    private static func status(_ row: any Row, _ column: Int) throws -> Order.Status {
        let word = try row.text(column)
        if let status = Order.Status(rawValue: word) { return status }
        throw DatabaseError(kind: .other, message: "an order has the unknown status \(word)")
    }

    static func read(_ row: any Row) throws -> Stored {
        let orderInfo = try row.text(5)
        let details = OrderDetails(
            orderId: try row.text(1), custId: try row.text(2), custAddr: try row.text(3), custTel: try row.text(4),
            orderInfo: orderInfo, items: OrderItem.parse(orderInfo) ?? [], totPrice: try row.integer(6),
            storeId: try row.integer(7))
        let order = Order(
            details, status: try status(row, 8), cmpltTime: try row.optionalText(9), reason: try row.optionalText(10))
        return Stored(
            id: try row.integer(0), order: order, version: try row.integer(11), fingerprint: try row.text(12),
            askedAt: try row.time(13))
    }
}
