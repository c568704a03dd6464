import Contracts
import Events
import Messaging
import Persistence

/// What owners see of their orders (`/orderDtls`): built from events only, and only moving forward. Events that come
/// before the payment wait for it.
enum OrderManageView {
    static let migrations = [
        Migration(
            "orderDtls", 1,
            [
                """
                CREATE TABLE order_dtls (
                    id INTEGER PRIMARY KEY, order_id TEXT NOT NULL UNIQUE,
                    cust_id TEXT NOT NULL, cust_addr TEXT NOT NULL, cust_tel TEXT NOT NULL,
                    order_info TEXT NOT NULL, tot_price INTEGER NOT NULL, store_id INTEGER NOT NULL,
                    status TEXT NOT NULL, step INTEGER NOT NULL) STRICT
                """
            ])
    ]

    static let policies: [Policy] = [
        .project(PaymentApproved.self, "orderDtls.create") { try create($0.details, in: $1) },
        .project(OrderAccepted.self, "orderDtls.accepted") { try show($0.orderId, .orderAccept, in: $1) },
        .project(OrderRejected.self, "orderDtls.rejected") { try show($0.orderId, .orderReject, in: $1) },
        .project(CookStarted.self, "orderDtls.cooking") { try show($0.orderId, .cookStart, in: $1) },
        .project(CookFinished.self, "orderDtls.cooked") { try show($0.orderId, .cookCmplt, in: $1) },
    ]

    private static func step(_ status: OrderManage.Status) -> Int {
        OrderManage.Status.allCases.firstIndex(of: status) ?? 0
    }

    private static func create(_ details: OrderDetails, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO order_dtls (order_id, cust_id, cust_addr, cust_tel, order_info, tot_price, store_id, status, step)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (order_id) DO NOTHING
            """,
            [
                .text(details.orderId), .text(details.custId), .text(details.custAddr), .text(details.custTel),
                .text(details.orderInfo), .integer(details.totPrice), .integer(details.storeId),
                .text(OrderManage.Status.orderCmplt.rawValue), .integer(step(.orderCmplt)),
            ])
    }

    private static func show(_ orderId: String, _ status: OrderManage.Status, in transaction: Transaction) throws {
        let shown = try transaction.execute(
            """
            UPDATE order_dtls SET status = CASE WHEN step < $1 THEN $2 ELSE status END,
                                  step = CASE WHEN step < $1 THEN $1 ELSE step END
            WHERE order_id = $3
            """,
            [.integer(step(status)), .text(status.rawValue), .text(orderId)])
        guard shown == 1 else { throw TooEarly("the payment of the order is not known") }
    }

    struct Stored: Sendable {
        var id: Int
        var details: OrderDetails
        var status: String
    }

    static let columns = "id, order_id, cust_id, cust_addr, cust_tel, order_info, tot_price, store_id, status"

    static func read(_ row: any Row) throws -> Stored {
        let details = OrderDetails(
            orderId: try row.text(1), custId: try row.text(2), custAddr: try row.text(3), custTel: try row.text(4),
            orderInfo: try row.text(5), items: [], totPrice: try row.integer(6), storeId: try row.integer(7))
        return Stored(id: try row.integer(0), details: details, status: try row.text(8))
    }
}
