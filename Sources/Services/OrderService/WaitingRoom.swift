import Messaging
import Persistence
import SharedKernel
import Time

/// Where orders wait that payment cannot take now: a line of bounded length, first come first served.
struct WaitingRoom: Sendable {
    /// Places.
    let size: Int
    /// How long an order may stay.
    let within: Duration

    private static let those = "WHERE status = '\(Order.Status.waiting.rawValue)'"
    private static let open = Orders.all.table.select("\(those) AND id > $1 AND asked_at = 0 ORDER BY id LIMIT $2")
    private static let first = Orders.all.table.select("\(those) ORDER BY id LIMIT 1")

    /// Lets a new order in, or one whose payment was tried in vain.
    /// - Returns: `nil` when there is no place.
    func admit(_ order: Order, in transaction: Transaction) throws -> Order? {
        guard try Self.length(in: transaction) < size else { return nil }
        let payBy = transaction.now + within
        guard order.id == 0 else { return try Orders.all.update(order, in: transaction) { try $0.wait(until: payBy) } }
        var entering = order
        let events = try entering.wait(until: payBy)
        return try Orders.all.insert(entering, in: transaction) { _ in events }
    }

    static func length(in connection: any Connection) throws -> Int {
        try connection.first("SELECT count(*) FROM orders \(those)") { try $0.integer(0) } ?? 0
    }

    /// From 1.
    static func place(of order: Order, in connection: any Connection) throws -> Int {
        try connection.first("SELECT count(*) FROM orders \(those) AND id <= $1", [.integer(order.id)]) {
            try $0.integer(0)
        } ?? 0
    }

    static func first(in connection: any Connection) throws -> Order? { try first.first(in: connection) }

    /// Those behind `id` that may be charged now.
    static func next(after id: Int, atMost limit: Int, in connection: any Connection) throws -> [Order] {
        try open.all(.integer(id), .integer(limit), in: connection)
    }
}
