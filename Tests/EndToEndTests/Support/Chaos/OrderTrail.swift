/// Everything that the services show of one order.
struct OrderTrail: CustomStringConvertible {
    var order: OrderDocument?
    var orderInfo: OrderDocument?
    var orderManage: OrderDocument?
    var orderDtl: OrderDocument?
    var pay: OrderDocument?
    /// Won.
    var charges: [Int] = []
    var refunds: [Int] = []

    var documents: [(resource: String, document: OrderDocument?)] {
        [
            ("orders", order), ("orderInfos", orderInfo), ("orderManages", orderManage), ("orderDtls", orderDtl),
            ("pays", pay),
        ]
    }

    var description: String {
        let words = documents.map { "\($0)=\($1.map { $0.status ?? "null" } ?? "none")" }
        return (words + ["charges=\(charges)", "refunds=\(refunds)"]).joined(separator: " ")
    }

    /// The card was declined, or nobody was charged in time.
    var isUnpaidForGood: Bool { pay?.status == "payDecline" || pay == nil && order?.status == "payCxl" }

    /// By order id.
    static func all(in snapshot: Snapshot, _ differences: inout Differences) -> [String: OrderTrail] {
        var trails: [String: OrderTrail] = [:]
        let lists: [(WritableKeyPath<OrderTrail, OrderDocument?>, [OrderDocument])] = [
            (\.order, snapshot.orders), (\.orderInfo, snapshot.orderInfos), (\.orderManage, snapshot.orderManages),
            (\.orderDtl, snapshot.orderDtls), (\.pay, snapshot.pays),
        ]
        for (place, documents) in lists {
            for document in documents {
                let before = trails[document.orderId, default: OrderTrail()][keyPath: place]
                differences.require(before == nil, "an order is twice in a list", "\(document)")
                trails[document.orderId, default: OrderTrail()][keyPath: place] = document
            }
        }
        for entry in snapshot.ledgerEntries {
            let place = entry.kind == "charge" ? \OrderTrail.charges : \OrderTrail.refunds
            trails[entry.orderId, default: OrderTrail()][keyPath: place].append(entry.amount)
        }
        return trails
    }
}
