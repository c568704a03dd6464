import Contracts
import HTTPServer
import Messaging
import Persistence
import ServiceKit
import SharedKernel

/// The table of orders on the owner's counter, and how they look over HTTP.
enum OrderManages {
    static let all = Repository(
        Table(
            "order_manages", OrderManage.init(id:version:_:status:cmpltTime:reason:answerBy:patience:),
            Column("id", \.id, .id), Column("version", \.version, .version), Column(\.details, OrderDetails.columns),
            Column("status", \.status), Column("cmplt_time", \.cmpltTime), Column("reason", \.reason),
            Column("answer_by", \.answerBy, .fixed),
            Column(
                \.patience,
                Columns(
                    OrderManage.Patience.init(start:finish:),
                    Column("start_within", \.start, .fixed, .since(2, value: "3600")),
                    Column("finish_within", \.finish, .fixed, .since(2, value: "3600"))))),
        of: "order", key: "order_id")

    static let migrations =
        all.table.migrations + [
            Migration(
                "order_manages", 3,
                [
                    // Orders from before these waits: two days are longer than any cooking that was announced.
                    """
                    INSERT INTO deadlines (name, key, due_at, boot, due_up)
                    SELECT CASE status WHEN 'orderAccept' THEN 'store.startCooking' ELSE 'store.finishCooking' END,
                    order_id, answer_by + 172800000, '', 0 FROM order_manages
                    WHERE status IN ('orderAccept', 'cookStart')
                    """,
                    Kitchen.index,
                ])
        ]

    static let listing = Listing(
        "orderManages", of: "orderManage", all.table, members: OrderBody.members,
        keys: [.init("orderId", "order_id")]
    ) { order in
        Item(
            id: String(order.id),
            OrderBody(
                order.details, status: order.status.rawValue, cmpltTime: order.cmpltTime, reason: order.reason),
            links: order.moves.map { .command($0.rawValue) })
    }
}
