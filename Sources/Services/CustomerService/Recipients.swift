import Contracts
import Messaging
import Persistence

/// Whom the news of an order goes to, and how far it has been told.
struct Recipient: Record {
    var id = 0
    let orderId: String
    let custId: String
    let tel: String
    /// Of the last status that there is a message of; 0 before there was one.
    var step = 0
    /// That message; it may have been purged.
    var messageId: Int?
}

enum Recipients {
    static let table = Table(
        "recipients", Recipient.init(id:orderId:custId:tel:step:messageId:), Column("id", \.id, .id),
        Column("order_id", \.orderId, .unique, .fixed), Column("cust_id", \.custId, .fixed),
        Column("tel", \.tel, .fixed), Column("step", \.step), Column("message_id", \.messageId),
        more: ["CREATE INDEX recipients_cust_id ON recipients (cust_id)"], isCounted: false)

    private static let byOrder = table.select("WHERE order_id = $1")
    private static let byCustomer = table.select("WHERE cust_id = $1 ORDER BY id DESC LIMIT 1")

    /// Several events say whose an order is, all of them the same.
    static func remember(_ details: OrderDetails, in transaction: Transaction) throws {
        guard try find(order: details.orderId, in: transaction) == nil else { return }
        _ = try table.insert(
            Recipient(orderId: details.orderId, custId: details.custId, tel: details.custTel), in: transaction)
    }

    static func find(order: String, in connection: any Connection) throws -> Recipient? {
        try byOrder.first(.text(order), in: connection)
    }

    /// - Throws: `TooEarly`.
    static func require(order: String, in connection: any Connection) throws -> Recipient {
        guard let recipient = try find(order: order, in: connection) else {
            throw TooEarly("nobody has said whose order it is")
        }
        return recipient
    }

    /// As the customer's latest order has it.
    /// - Throws: `TooEarly`.
    static func require(customer: String, in connection: any Connection) throws -> Recipient {
        guard let recipient = try byCustomer.first(.text(customer), in: connection) else {
            throw TooEarly("the customer has no order")
        }
        return recipient
    }
}
