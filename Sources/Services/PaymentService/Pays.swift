import Contracts
import Events
import Messaging
import Persistence

/// The table of payments, one per order, and the ledger that goes with it.
enum Pays {
    static let migrations = [
        Migration(
            "payment", 1,
            [
                """
                CREATE TABLE pays (
                    id INTEGER PRIMARY KEY, order_id TEXT NOT NULL UNIQUE,
                    cust_id TEXT NOT NULL, cust_addr TEXT NOT NULL, cust_tel TEXT NOT NULL,
                    order_info TEXT NOT NULL, tot_price INTEGER NOT NULL, store_id INTEGER NOT NULL,
                    status TEXT NOT NULL, reason TEXT, version INTEGER NOT NULL DEFAULT 1) STRICT
                """
            ])
    ]

    struct Stored: Sendable {
        var id: Int
        var pay: Pay
        var version: Int
    }

    static let columns =
        "id, order_id, cust_id, cust_addr, cust_tel, order_info, tot_price, store_id, status, reason, version"
    private static let byOrderId = "SELECT \(columns) FROM pays WHERE order_id = $1"

    /// Stores a decision; when the customer was charged, the ledger and the topic learn of it in the same transaction.
    static func insert(_ pay: Pay, in transaction: Transaction) throws -> Stored {
        let details = pay.details
        let id = try transaction.insert(
            """
            INSERT INTO pays (order_id, cust_id, cust_addr, cust_tel, order_info, tot_price, store_id, status, reason)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            [
                .text(details.orderId), .text(details.custId), .text(details.custAddr), .text(details.custTel),
                .text(details.orderInfo), .integer(details.totPrice), .integer(details.storeId),
                .text(pay.status.rawValue),
                .optional(pay.reason),
            ])
        if pay.status == .approved {
            try Ledger.enter(.charge, payId: id, details.orderId, amount: details.totPrice, in: transaction)
            try Outbox.append([PaymentApproved(details, payId: id)], in: transaction)
        }
        return Stored(id: id, pay: pay, version: 1)
    }

    /// Gives the money for an order back, once: repeated calls change nothing.
    /// - Throws: ``TooEarly`` when nobody was charged for this order yet.
    static func refund(_ orderId: String, reason: String, in transaction: Transaction) throws {
        guard var stored = try find(orderId: orderId, in: transaction) else {
            throw TooEarly("there is no payment for the order")
        }
        guard stored.pay.refund(reason: reason) else { return }
        try transaction.execute(
            "UPDATE pays SET status = $1, reason = $2, version = version + 1 WHERE id = $3",
            [.text(stored.pay.status.rawValue), .optional(stored.pay.reason), .integer(stored.id)])
        let amount = stored.pay.details.totPrice
        try Ledger.enter(.refund, payId: stored.id, orderId, amount: amount, in: transaction)
        let event = PaymentCanceled(orderId: orderId, payId: stored.id, amount: amount, reason: reason)
        try Outbox.append([event], in: transaction)
    }

    static func find(orderId: String, in connection: any Connection) throws -> Stored? {
        try connection.first(byOrderId, [.text(orderId)], read)
    }

    static func read(_ row: any Row) throws -> Stored {
        guard let status = Pay.Status(rawValue: try row.text(8)) else {
            throw DatabaseError(
                kind: .other, message: "pay \(try row.integer(0)) has the unknown status \(try row.text(8))")
        }
        let orderInfo = try row.text(5)
        let details = OrderDetails(
            orderId: try row.text(1), custId: try row.text(2), custAddr: try row.text(3), custTel: try row.text(4),
            orderInfo: orderInfo, items: OrderItem.parse(orderInfo) ?? [], totPrice: try row.integer(6),
            storeId: try row.integer(7))
        let pay = Pay(details, status: status, reason: try row.optionalText(9))
        return Stored(id: try row.integer(0), pay: pay, version: try row.integer(10))
    }
}
