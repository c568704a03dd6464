import Contracts
import Events
import Persistence

/// The owner will not cook an order, or has not answered in time: the stock goes back.
enum RejectOrder {
    static func reject(_ order: inout OrderManage, reason: String, in transaction: Transaction) throws -> [any Event] {
        try order.reject(reason: reason) + [Stock.restore(order.details, in: transaction)]
    }
}
