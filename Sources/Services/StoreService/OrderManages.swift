import Contracts
import Messaging
import Persistence
import SharedKernel

/// The table of orders on the owner's counter.
enum OrderManages {
    static let all = Repository(
        Table(
            "order_manages", OrderManage.init(id:version:_:status:cmpltTime:reason:answerBy:), Column("id", \.id, .id),
            Column("version", \.version, .version), Column(\.details, OrderDetails.columns),
            Column("status", \.status), Column("cmplt_time", \.cmpltTime), Column("reason", \.reason),
            Column("answer_by", \.answerBy, .fixed)),
        of: "order", key: "order_id")
}
