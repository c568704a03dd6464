import HTTPServer
import Messaging
import ServiceKit
import SharedKernel
import Time

/// The resources of this service, and how their rows look on the wire.
enum PayResources {
    static let all: [any Offer] = [pays, ledgerEntries]

    /// Found behind every charge that is under way, so that the order service may rely on "not there" once the charge has
    /// expired.
    static let pays = Listing(
        "pays", of: "pay", Pays.all.table, members: OrderBody.members,
        keys: [.init("orderId", "order_id", isFoundBehindWrites: true)]
    ) { pay in
        Item(id: String(pay.id), OrderBody(pay.details, status: pay.status.wireValue, reason: pay.reason))
    }

    private static let ledgerEntries = Listing(
        "ledgerEntries", of: "ledgerEntry", Ledger.table, members: ["orderId", "kind", "amount", "enteredAt"]
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
