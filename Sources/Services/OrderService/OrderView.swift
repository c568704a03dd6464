import Contracts
import Events
import Messaging
import Persistence

/// What customers see of their orders (`/orderInfos`): one row per paid order, built from events only. Its status only
/// moves forward, so a late event cannot turn "cooking" back into "paid", and what an event brings is shown whichever
/// came first. Events that come before the payment wait for it.
enum OrderView {
    static let migrations = [
        Migration(
            "orderView", 1,
            [
                """
                CREATE TABLE order_infos (
                    id INTEGER PRIMARY KEY, order_id TEXT NOT NULL UNIQUE,
                    cust_id TEXT NOT NULL, cust_addr TEXT NOT NULL, cust_tel TEXT NOT NULL,
                    order_info TEXT NOT NULL, tot_price INTEGER NOT NULL, store_id INTEGER NOT NULL,
                    status TEXT NOT NULL, step INTEGER NOT NULL, cmplt_time TEXT, reason TEXT) STRICT
                """
            ])
    ]

    static let policies: [Policy] = [
        .project(PaymentApproved.self, "orderView.create") { try create($0.details, in: $1) },
        .project(OrderAccepted.self, "orderView.accepted") { event, transaction in
            try show(event.orderId, .orderAccept, cmpltTime: event.cmpltTime, in: transaction)
        },
        .project(OrderRejected.self, "orderView.rejected") { event, transaction in
            try show(event.orderId, .orderReject, reason: event.reason, in: transaction)
        },
        .project(CookStarted.self, "orderView.cooking") { try show($0.orderId, .cookStart, in: $1) },
        .project(CookFinished.self, "orderView.cooked") { try show($0.orderId, .cookCmplt, in: $1) },
        .project(PaymentCanceled.self, "orderView.refunded") { try show($0.orderId, .payCxl, in: $1) },
    ]

    /// How far a status is along the way; a view row never goes back.
    private static func step(_ status: Order.Status) -> Int { Order.Status.allCases.firstIndex(of: status) ?? 0 }

    private static func create(_ details: OrderDetails, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO order_infos (order_id, cust_id, cust_addr, cust_tel, order_info, tot_price, store_id, status, step)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (order_id) DO NOTHING
            """,
            [
                .text(details.orderId), .text(details.custId), .text(details.custAddr), .text(details.custTel),
                .text(details.orderInfo), .integer(details.totPrice), .integer(details.storeId),
                .text(Order.Status.orderCmplt.rawValue), .integer(step(.orderCmplt)),
            ])
    }

    private static func show(
        _ orderId: String, _ status: Order.Status, cmpltTime: String? = nil, reason: String? = nil,
        in transaction: Transaction
    ) throws {
        let shown = try transaction.execute(
            """
            UPDATE order_infos SET status = CASE WHEN step < $1 THEN $2 ELSE status END,
                                   step = CASE WHEN step < $1 THEN $1 ELSE step END,
                                   cmplt_time = coalesce($3, cmplt_time), reason = coalesce($4, reason)
            WHERE order_id = $5
            """,
            [.integer(step(status)), .text(status.rawValue), .optional(cmpltTime), .optional(reason), .text(orderId)])
        guard shown == 1 else { throw TooEarly("the payment of the order is not known") }
    }

    struct Stored: Sendable {
        var id: Int
        var details: OrderDetails
        var status: String
        var cmpltTime: String?
        var reason: String?
    }

    static let columns =
        "id, order_id, cust_id, cust_addr, cust_tel, order_info, tot_price, store_id, status, cmplt_time, reason"

    static func read(_ row: any Row) throws -> Stored {
        let details = OrderDetails(
            orderId: try row.text(1), custId: try row.text(2), custAddr: try row.text(3), custTel: try row.text(4),
            orderInfo: try row.text(5), items: [], totPrice: try row.integer(6), storeId: try row.integer(7))
        return Stored(
            id: try row.integer(0), details: details, status: try row.text(8), cmpltTime: try row.optionalText(9),
            reason: try row.optionalText(10))
    }
}
