import Contracts
import Events
import HTTPServer
import Persistence

/// The owner takes an order.
enum AcceptOrder {
    /// - Parameter cmpltTime: ISO 8601 with offset.
    static func accept(_ order: inout OrderManage, cmpltTime: String, in transaction: Transaction) throws -> [any Event]
    {
        guard let store = try Stores.table.find(id: order.details.storeId, in: transaction) else {
            throw NotFound("There is no such store")
        }
        return try order.accept(cmpltTime: cmpltTime, at: store)
    }
}
