/// Compares what the services show with one another, and with what customers and owners were told.
struct Comparison {
    let snapshot: Snapshot
    let told: Promises.Told
    /// Portions of each dish that the owner entered.
    let entered: Int
    private var trails: [String: OrderTrail] = [:]
    var differences = Differences()

    init(_ snapshot: Snapshot, told: Promises.Told, entered: Int) {
        (self.snapshot, self.told, self.entered) = (snapshot, told, entered)
        trails = OrderTrail.all(in: snapshot, &differences)
        for (id, trail) in trails { check(id, trail) }
        for (id, answer) in told.placed { checkPlaced(id, answer) }
        for id in told.declined { checkDeclined(id) }
        for id in told.cancellations { checkCancellation(id) }
        for (id, commands) in told.commands { checkCommands(id, commands) }
        checkStock()
        checkRides()
        checkCustomers()
        checkMessages(snapshot.notices)
    }

    // MARK: - One order, everywhere

    private mutating func check(_ id: String, _ trail: OrderTrail) {
        let whole = "\(id): \(trail)"
        if trail.isUnpaidForGood {
            let isUnheardOf =
                [nil, "payCxl"].contains(trail.orderInfo?.status) && trail.orderManage == nil && trail.orderDtl == nil
            differences.require(
                trail.order?.status == "payCxl" && isUnheardOf, "a declined order is somewhere, or not in /orders",
                whole)
            differences.require(
                trail.charges.isEmpty && trail.refunds.isEmpty, "a declined order is in the ledger", whole)
            return
        }
        let missing = trail.documents.filter { $0.document == nil }.map(\.resource)
        for resource in missing { differences.add("an order is not in /\(resource)", whole) }
        let details = Set(trail.documents.compactMap { $0.document?.details })
        differences.require(details.count == 1, "the details of an order differ", whole)
        if missing.isEmpty {
            checkStatus(trail, whole)
            checkNotes(trail, whole)
            checkDelivery(trail, whole)
        }
        checkMoney(trail, whole)
    }

    /// The counter of the store, and the delivery from there on, decide what everybody else must show.
    private mutating func checkStatus(_ trail: OrderTrail, _ whole: String) {
        let owner = trail.orderManage?.status
        let isRejected = Self.withoutMeal.contains(owner)
        let word = Self.word(owner, trail.delivery?.status)
        let customer = isRejected ? "payCxl" : word
        let expected = [
            ("orders", trail.order, customer), ("orderInfos", trail.orderInfo, customer),
            ("myPages", trail.myPage, customer), ("orderDtls", trail.orderDtl, isRejected ? owner : word),
            ("pays", trail.pay, isRejected ? "payCxl" : nil),
        ]
        for (resource, document, status) in expected where document?.status != status {
            differences.add("the status in /\(resource) does not fit /orderManages", whole)
        }
    }

    /// What the owner sees of orders that are not cooked.
    private static let withoutMeal: Set<String?> = ["orderReject", "orderCxl"]

    private mutating func checkNotes(_ trail: OrderTrail, _ whole: String) {
        let times = [trail.orderInfo, trail.orderDtl, trail.orderManage].map { $0?.cmpltTime ?? "none" }
        differences.require(Set(times).count == 1, "cmpltTime differs", "\(whole) \(times)")
        let reasons = [trail.order, trail.orderInfo, trail.orderManage, trail.pay].map { $0?.reason ?? "none" }
        // That a cancellation was refused is the customer's business only.
        let isAgreed = reasons[0] == reasons[1] && reasons[2] == reasons[3]
        let isTold = reasons[1] == reasons[2] || !Self.withoutMeal.contains(trail.orderManage?.status)
        differences.require(isAgreed && isTold, "the reason differs", "\(whole) \(reasons)")
    }

    /// One charge, and one refund of as much where the order was rejected.
    private mutating func checkMoney(_ trail: OrderTrail, _ whole: String) {
        let price = [trail.pay?.totPrice].compactMap { $0 }
        differences.require(trail.charges == price, "an order is not charged once, at its price", whole)
        let refund = trail.pay?.status == "payCxl" ? price : []
        differences.require(trail.refunds == refund, "a refund is missing, doubled or of another amount", whole)
    }

    // MARK: - What was promised

    private mutating func checkPlaced(_ id: String, _ answer: OrderDocument) {
        guard let trail = trails[id], let order = trail.order, !trail.isUnpaidForGood else {
            return differences.add("an acknowledged order was lost", "\(answer)")
        }
        differences.require(
            order.path == answer.path && order.details == answer.details,
            "an acknowledged order has become another one", "\(answer) then \(order)")
    }

    private mutating func checkDeclined(_ id: String) {
        let trail = trails[id]
        differences.require(
            trail?.isUnpaidForGood == true, "an order was refused, and is not",
            "\(id): \(trail.map { "\($0)" } ?? "gone")")
    }

    private mutating func checkCancellation(_ id: String) {
        let (order, owner) = (trails[id]?.order, trails[id]?.orderManage?.status)
        differences.require(
            Self.withoutMeal.contains(owner) || order?.reason != nil,
            "a cancellation was neither carried out nor refused",
            "\(id): \(order?.description ?? "gone"), at the owner \(owner ?? "none")")
    }

    private mutating func checkCommands(_ id: String, _ commands: [Promises.Command: OrderDocument]) {
        let order = trails[id]?.orderManage
        for (command, answer) in commands {
            differences.require(
                command.reached.contains(order?.status), "an acknowledged \(command) is not to be seen",
                "\(answer), now \(order?.description ?? "gone")")
            let delays = told.delays[id]
            let isTimeKept =
                delays.map { $0.contains(nil) || $0.contains(order?.cmpltTime) }
                ?? (answer.cmpltTime == order?.cmpltTime)
            let isReasonKept = answer.reason == order?.reason || order?.status == "orderCxl"
            differences.require(
                isTimeKept && isReasonKept,
                "time or reason of an acknowledged \(command) has changed",
                "\(answer), now \(order?.description ?? "gone")")
        }
    }

    // MARK: - Dishes

    /// stock = entered − sold + restored, where what was being cooked is not restored; and the customers' menu shows the owner's dishes.
    private mutating func checkStock() {
        var left = Dictionary(snapshot.menuItems.map { ($0.name, entered) }) { first, _ in first }
        for order in snapshot.orderManages
        where !Self.withoutMeal.contains(order.status) || snapshot.begun.contains(order.orderId) {
            for (dish, portions) in order.portions { left[dish, default: 0] -= portions }
        }
        for dish in snapshot.menuItems {
            let expected = left[dish.name] ?? 0
            differences.require(
                dish.stock == expected, "the stock is not what was entered − sold + restored",
                "\(dish.name): \(dish.stock) in place of \(expected)")
        }
        let byName: (DishDocument, DishDocument) -> Bool = { $0.name < $1.name }
        let (items, menus) = (snapshot.menuItems.sorted(by: byName), snapshot.menus.sorted(by: byName))
        differences.require(items == menus, "/menus shows other dishes than /menuItems", "\(menus), not \(items)")
    }
}

extension Promises.Command {
    /// Where an order can be after this command.
    fileprivate var reached: Set<String?> {
        switch self {
        case .accept: ["orderAccept", "cookStart", "cookCmplt", "orderCxl"]
        case .reject: ["orderReject"]
        // No rider was found.
        case .startCooking: ["cookStart", "cookCmplt", "orderCxl"]
        case .finishCooking: ["cookCmplt", "orderCxl"]
        }
    }
}
