import Contracts
import HTTPServer
import Persistence
import ServiceKit
import Time

/// The payment books: entries are only ever added, so charged − refunded can be checked at any time.
enum Ledger {
    struct Entry: Record {
        enum Kind: String, ColumnValue { case charge, refund }

        var id = 0
        let payId: Int
        let orderId: String
        let kind: Kind
        /// Won, ≥ 0; the kind says which way the money went.
        let amount: Int
        let enteredAt: Timestamp
    }

    /// One charge and one refund per order at most, whatever is delivered twice or late.
    static let table = Table(
        "ledger_entries", Entry.init(id:payId:orderId:kind:amount:enteredAt:), Column("id", \.id, .id),
        Column("pay_id", \.payId, .references("pays")), Column("order_id", \.orderId), Column("kind", \.kind),
        Column("amount", \.amount, .check("amount >= 0")), Column("entered_at", \.enteredAt),
        unique: [["order_id", "kind"]])

    static func enter(_ kind: Entry.Kind, _ pay: Pay, in transaction: Transaction) throws {
        let entry = Entry(
            payId: pay.id, orderId: pay.key, kind: kind, amount: pay.details.totPrice, enteredAt: transaction.now)
        _ = try table.insert(entry, in: transaction)
    }

    static let listing = Listing(
        "ledgerEntries", of: "ledgerEntry", table, members: ["orderId", "kind", "amount", "enteredAt"]
    ) { entry in
        let body = EntryBody(
            orderId: entry.orderId, kind: entry.kind.rawValue, amount: entry.amount,
            enteredAt: entry.enteredAt.rfc3339)
        return Item(id: String(entry.id), body, links: [.to("pay", "/pays/\(entry.payId)")])
    }

    private struct EntryBody: Encodable {
        var orderId: String
        var kind: String
        var amount: Int
        var enteredAt: String
    }
}
