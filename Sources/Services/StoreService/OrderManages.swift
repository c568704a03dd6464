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
            "order_manages", OrderManage.init(id:version:_:status:cmpltTime:reason:answerBy:), Column("id", \.id, .id),
            Column("version", \.version, .version), Column(\.details, OrderDetails.columns),
            Column("status", \.status), Column("cmplt_time", \.cmpltTime), Column("reason", \.reason),
            Column("answer_by", \.answerBy, .fixed)),
        of: "order", key: "order_id")

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
