import Testing

/// What the chaos run trusts: each kind of difference is found, and nothing else is reported.
@Suite struct ComparisonTests {
    typealias Change = @Sendable (inout Snapshot, inout Promises.Told) -> Void

    @Test("Where everything agrees there is no difference")
    func agreement() {
        let differences = Comparison(Self.snapshot, told: Self.told, entered: 100).differences
        #expect(differences.report == "")
    }

    @Test("Every kind of difference is found", arguments: changes)
    func difference(kind: String, change: Change) {
        var (snapshot, told) = (Self.snapshot, Self.told)
        change(&snapshot, &told)
        let differences = Comparison(snapshot, told: told, entered: 100).differences
        #expect(differences.report.contains(" x \(kind)\n"), "\(differences.report)")
    }

    /// Orders 0 to 2 are finished, rejected and declined.
    private static let changes: [(String, Change)] = [
        ("an acknowledged order was lost", { $1.placed["d"] = document("d", "orderCmplt") }),
        ("an acknowledged order has become another one", { snapshot, _ in snapshot.orders[0]._links = [:] }),
        ("an acknowledged order has become another one", { $1.placed["a"]?.totPrice = 1 }),
        ("an order was refused, and is not", { $1.declined = ["a"] }),
        ("an order is twice in a list", { snapshot, _ in snapshot.orders.append(snapshot.orders[0]) }),
        ("an order is not in /orders", { snapshot, _ in snapshot.orders.removeFirst() }),
        ("an order is not in /orderInfos", { snapshot, _ in snapshot.orderInfos.removeFirst() }),
        ("an order is not in /orderManages", { snapshot, _ in snapshot.orderManages.removeFirst() }),
        ("an order is not in /orderDtls", { snapshot, _ in snapshot.orderDtls.removeFirst() }),
        ("an order is not in /pays", { snapshot, _ in snapshot.pays.removeFirst() }),
        ("the details of an order differ", { snapshot, _ in snapshot.pays[0].custId = "somebody else" }),
        ("the status in /orders does not fit /orderManages", { snapshot, _ in snapshot.orders[0].status = "payWait" }),
        (
            "the status in /orders does not fit /orderManages",
            { snapshot, _ in snapshot.orders[1].status = "orderReject" }
        ),
        (
            "the status in /orderInfos does not fit /orderManages",
            { snapshot, _ in snapshot.orderInfos[0].status = "cookStart" }
        ),
        (
            "the status in /orderDtls does not fit /orderManages",
            { snapshot, _ in snapshot.orderDtls[1].status = "payCxl" }
        ),
        ("the status in /pays does not fit /orderManages", { snapshot, _ in snapshot.pays[1].status = nil }),
        ("cmpltTime differs", { snapshot, _ in snapshot.orderInfos[0].cmpltTime = nil }),
        ("the reason differs", { snapshot, _ in snapshot.pays[1].reason = "another one" }),
        ("an order is not charged once, at its price", { snapshot, _ in snapshot.ledgerEntries[0].amount = 1 }),
        ("an order is not charged once, at its price", { snapshot, _ in snapshot.ledgerEntries.removeFirst() }),
        (
            "an order is not charged once, at its price",
            { snapshot, _ in snapshot.ledgerEntries.append(snapshot.ledgerEntries[0]) }
        ),
        (
            "a refund is missing, doubled or of another amount",
            { snapshot, _ in snapshot.ledgerEntries.removeLast() }
        ),
        ("a declined order is somewhere, or not in /orders", { snapshot, _ in snapshot.orders.removeLast() }),
        (
            "a declined order is in the ledger",
            { snapshot, _ in snapshot.ledgerEntries[0].orderId = "c" }
        ),
        (
            "an acknowledged finishCooking is not to be seen",
            { snapshot, _ in snapshot.orderManages[0].status = "cookStart" }
        ),
        (
            "time or reason of an acknowledged reject has changed",
            { $1.commands["b"]?[.reject]?.reason = "another one" }
        ),
        (
            "time or reason of an acknowledged accept has changed",
            { $1.delays["a"] = ["2026-11-21T11:21:03.482Z"] }
        ),
        (
            "time or reason of an acknowledged accept has changed",
            { $1.commands["a"]?[.accept]?.cmpltTime = "2026-11-21T11:21:03.482Z" }
        ),
        ("a cancellation was neither carried out nor refused", { $1.cancellations = ["a"] }),
        ("the reason differs", { snapshot, _ in snapshot.orders[0].reason = "refused" }),
        ("the stock is not what was entered − sold + restored", { snapshot, _ in snapshot.menuItems[0].stock = 97 }),
        (
            "the stock is not what was entered − sold + restored", { snapshot, _ in snapshot.begun.insert("b") }
        ),
        ("an order is not in /myPages", { snapshot, _ in snapshot.myPages.removeFirst() }),
        (
            "the status in /myPages does not fit /orderManages",
            { snapshot, _ in snapshot.myPages[0].status = "payWait" }
        ),
        ("a delivery does not fit its order", { snapshot, _ in snapshot.deliveries.removeFirst() }),
        ("a delivery does not fit its order", { snapshot, _ in snapshot.deliveries[0].status = "deliveryCxl" }),
        ("an order has two deliveries", { snapshot, _ in snapshot.deliveries.append(snapshot.deliveries[0]) }),
        ("riders are told another time", { snapshot, _ in snapshot.deliveries[0].cmpltTime = "later" }),
        ("an acknowledged deliver is not to be seen", { snapshot, _ in snapshot.deliveries[0].riderId = 8 }),
        ("an acknowledged pick is not to be seen", { snapshot, _ in snapshot.deliveries[0].status = "riderAssign" }),
        (
            "somebody carries two deliveries, or one has no rider",
            { snapshot, _ in (snapshot.deliveries[0].status, snapshot.deliveries[0].riderId) = ("riderAssign", nil) }
        ),
        (
            "riders are busy with nothing",
            { snapshot, _ in snapshot.riders[0]._links["delivery"] = .init(href: "/deliveries/1") }
        ),
        ("points are not those of what was delivered", { snapshot, _ in snapshot.customers[0].points = 240 }),
        ("customers are missing", { snapshot, _ in snapshot.customers.removeFirst() }),
        ("a review was lost or doubled", { snapshot, _ in snapshot.reviews.removeFirst() }),
        ("the ratings are not those of the reviews", { snapshot, _ in snapshot.ratings[0].count = 2 }),
        ("a customer was not told the last status", { snapshot, _ in snapshot.notices.remove("a DeliveryFinished") }),
        ("a customer was not told of the refund", { snapshot, _ in snapshot.notices.remove("b PaymentCanceled") }),
        ("/menus shows other dishes than /menuItems", { snapshot, _ in snapshot.menus[0].price = 1 }),
    ]

    private static func document(
        _ id: String, _ status: String?, cmpltTime: String? = nil, reason: String? = nil
    ) -> OrderDocument {
        OrderDocument(
            orderId: id, custId: "c", custAddr: "a", custTel: "t", orderInfo: "김치찌개:2", totPrice: 12000,
            status: status, cmpltTime: cmpltTime, reason: reason, _links: ["self": .init(href: "/\(id)")])
    }

    private static let snapshot: Snapshot = {
        let (time, reason) = ("2026-11-21T10:21:03.482Z", "재료 소진")
        let finished = document("a", "orderFinish", cmpltTime: time)
        let refunded = document("b", "payCxl", reason: reason)
        let dish = DishDocument(name: "김치찌개", price: 6000, stock: 98)
        return Snapshot(
            orders: [finished, refunded, document("c", "payCxl", reason: "limit")], orderInfos: [finished, refunded],
            orderManages: [
                document("a", "cookCmplt", cmpltTime: time), document("b", "orderReject", reason: reason),
            ], orderDtls: [finished, document("b", "orderReject")],
            pays: [document("a", nil), refunded, document("c", "payDecline", reason: "limit")],
            ledgerEntries: [
                LedgerDocument(orderId: "a", kind: "charge", amount: 12000),
                LedgerDocument(orderId: "b", kind: "charge", amount: 12000),
                LedgerDocument(orderId: "b", kind: "refund", amount: 12000),
            ], menuItems: [dish], menus: [dish], myPages: [finished, refunded],
            deliveries: [
                DeliveryDocument(orderId: "a", status: "deliveryCmplt", riderId: 7, cmpltTime: time, _links: [:])
            ], riders: [LinkedDocument(_links: [:])],
            customers: [CustomerDocument(custId: "c", points: 120, deliveredOrders: 1)],
            reviews: [ReviewDocument(orderId: "a", ratings: [.init(name: "김치찌개", rating: 5)])],
            ratings: [RatingDocument(name: "김치찌개", average: 5, count: 1)], begun: ["a"],
            notices: ["a DeliveryFinished", "b PaymentCanceled"])
    }()

    private static let told: Promises.Told = {
        var told = Promises.Told()
        told.placed = ["a": document("a", "orderCmplt"), "b": document("b", "orderCmplt")]
        told.declined = ["c"]
        let accepted = document("a", "orderAccept", cmpltTime: "2026-11-21T10:21:03.482Z")
        told.commands = [
            "a": [.accept: accepted, .finishCooking: accepted],
            "b": [.reject: document("b", "orderReject", reason: "재료 소진")],
        ]
        told.rides = ["a": [(.decline, 6), (.accept, 7), (.pick, 7), (.deliver, 7)]]
        told.reviews = ["a"]
        return told
    }()
}
