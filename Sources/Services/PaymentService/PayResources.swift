import Contracts
import HTTPServer
import Persistence
import ServiceKit
import Telemetry
import Time

/// The resources of this service, and how their rows look on the wire.
enum PayResources {
    static let migrations = [pays.migration, ledgerEntries.migration]

    static let pays = Listing(
        Resource(
            "pays", of: "pay",
            fields: ["orderId", "custId", "custAddr", "custTel", "orderInfo", "totPrice", "status"],
            sortable: ["id", "orderId"], searches: [.init("findByOrderId", "orderId")]),
        table: "pays", columns: Pays.columns, sorts: ["id": "id", "orderId": "order_id"], read: Pays.read,
        item: { Item(id: String($0.id), PayBody(pay: $0.pay)) }, version: \.version)

    static let ledgerEntries = Listing(
        Resource(
            "ledgerEntries", of: "ledgerEntry", fields: ["orderId", "kind", "amount", "enteredAt"], sortable: ["id"]),
        table: "ledger_entries", columns: Ledger.columns, sorts: ["id": "id"], read: Ledger.read,
        item: { Item(id: String($0.id), EntryBody($0), links: [.to("pay", "/pays/\($0.payId)")]) })

    private struct PayBody: Encodable {
        var pay: Pay

        private enum CodingKeys: CodingKey {
            case orderId, custId, custAddr, custTel, orderInfo, totPrice, status, storeId, reason
        }

        /// By hand, because the seeds show `"status": null` for a payment that stands.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            let details = pay.details
            try container.encode(details.orderId, forKey: .orderId)
            try container.encode(details.custId, forKey: .custId)
            try container.encode(details.custAddr, forKey: .custAddr)
            try container.encode(details.custTel, forKey: .custTel)
            try container.encode(details.orderInfo, forKey: .orderInfo)
            try container.encode(details.totPrice, forKey: .totPrice)
            try container.encode(pay.status.word, forKey: .status)
            if details.storeId != DemoStore.id { try container.encode(details.storeId, forKey: .storeId) }
            try container.encodeIfPresent(pay.reason, forKey: .reason)
        }
    }

    private struct EntryBody: Encodable {
        var orderId: String
        var kind: String
        var amount: Int
        var enteredAt: String

        init(_ entry: Ledger.Entry) {
            (orderId, kind, amount) = (entry.orderId, entry.kind, entry.amount)
            enteredAt = entry.enteredAt.rfc3339
        }
    }
}
