import Contracts
import Events
import HTTPServer
import Messaging
import Persistence
import ServiceKit
import SharedKernel
import Time

/// The table of payments, one per order, and how they look over HTTP.
enum Pays {
    static let all = Repository(
        Table(
            "pays", Pay.init(id:version:_:status:reason:paymentKey:dueAt:tries:), Column("id", \.id, .id),
            Column("version", \.version, .version), Column(\.details, OrderDetails.columns),
            Column("status", \.status), Column("reason", \.reason),
            Column("payment_key", \.paymentKey, .fixed, .since(2, value: "NULL")),
            Column("due_at", \.dueAt, .since(2, value: "NULL")), Column("tries", \.tries, .since(2, value: "0"))),
        of: "pay", key: "order_id")

    static let migrations =
        all.table.migrations + [
            // Empty but for what a provider owes an answer to.
            Migration("pays", 3, ["CREATE INDEX pays_due_at ON pays (due_at) WHERE due_at IS NOT NULL"])
        ]

    /// Found behind every charge that is under way, so that the order service may rely on "not there" once the charge has
    /// expired: by then it is on record, and stays there until it is known what became of it.
    static let listing = Listing(
        "pays", of: "pay", all.table, members: OrderBody.members,
        keys: [.init("orderId", "order_id", isFoundBehindWrites: true)]
    ) { pay in
        Item(
            id: String(pay.id), OrderBody(pay.details, status: pay.status.wireValue, reason: pay.reason),
            links: Pay.states.isLegal(.refund, in: pay.status) ? [.command("cancel")] : [])
    }

    private static let dueBefore = all.table.select("WHERE due_at <= $1 ORDER BY due_at LIMIT $2")

    /// Those whose provider is to be asked now, the longest due first.
    static func due(at now: Timestamp, atMost limit: Int, in connection: any Connection) throws -> [Pay] {
        try dueBefore.all(.time(now), .integer(limit), in: connection)
    }

    static func stuckRefunds(in connection: any Connection) throws -> Int {
        try connection.first(
            "SELECT count(*) FROM pays WHERE due_at IS NOT NULL AND status = $1 AND tries >= $2",
            [.text(Pay.Status.refunding.rawValue), .integer(Pay.triesOfRefund)]
        ) { try $0.integer(0) } ?? 0
    }

    /// Removes a charge that certainly did not happen, so that it can be asked for anew. Does nothing when more has become
    /// known since `pay` was read.
    static func abandon(_ pay: Pay, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM pays WHERE id = $1 AND version = $2 AND status = $3",
            [.integer(pay.id), .integer(pay.version), .text(Pay.Status.requested.rawValue)])
    }
}
