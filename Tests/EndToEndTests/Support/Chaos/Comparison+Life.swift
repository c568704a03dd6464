/// The part of an order's life that riders and customers see.
extension Comparison {
    /// Statuses of the views, as the counter and the delivery together say.
    static func word(_ owner: String?, _ delivery: String?) -> String? {
        switch (owner, delivery) {
        case (_, "deliveryCmplt"): "orderFinish"
        case (_, "deliveryStart"): "deliveryStart"
        case ("cookCmplt", "riderAssign"): "riderAssign"
        default: owner
        }
    }

    /// A delivery goes with its order.
    mutating func checkDelivery(_ trail: OrderTrail, _ whole: String) {
        let (owner, delivery) = (trail.orderManage?.status, trail.delivery)
        let isExpected =
            switch owner {
            case "orderCmplt", "orderReject": delivery == nil
            case "orderCxl": [nil, "deliveryCxl", "deliveryFail"].contains(delivery?.status)
            default: delivery.map { !["deliveryCxl", "deliveryFail"].contains($0.status) } ?? false
            }
        differences.require(isExpected, "a delivery does not fit its order", "\(whole) \(delivery?.description ?? "")")
        let isSameTime = delivery == nil || owner == "orderCxl" || delivery?.cmpltTime == trail.orderManage?.cmpltTime
        differences.require(isSameTime, "riders are told another time", whole)
    }

    /// What riders were told stands; nobody carries two deliveries, and who is busy has one.
    mutating func checkRides() {
        let deliveries = Dictionary(snapshot.deliveries.map { ($0.orderId, $0) }) { first, _ in first }
        for (id, rides) in told.rides {
            for (ride, rider) in rides {
                let now = deliveries[id]
                differences.require(
                    now.map { ride.reached.contains($0.status) && (ride == .decline || $0.riderId == rider) } ?? false,
                    "an acknowledged \(ride) is not to be seen", "\(id) by \(rider), now \(now?.description ?? "gone")")
            }
        }
        let underWay = snapshot.deliveries.filter { ["riderAssign", "deliveryStart"].contains($0.status) }
        let carriers = underWay.compactMap(\.riderId)
        differences.require(
            Set(carriers).count == underWay.count, "somebody carries two deliveries, or one has no rider", "\(carriers)"
        )
        let busy = snapshot.riders.filter { $0._links["delivery"] != nil }.count
        differences.require(busy == underWay.count, "riders are busy with nothing", "\(busy), not \(underWay.count)")
    }

    /// Points and grades are of what was delivered; ratings are the sum of the reviews.
    mutating func checkCustomers() {
        var finished: [String: (orders: Int, points: Int)] = [:]
        for order in snapshot.orders where order.status == "orderFinish" {
            let before = finished[order.custId, default: (0, 0)]
            finished[order.custId] = (before.orders + 1, before.points + order.totPrice / 100)
        }
        for customer in snapshot.customers {
            let expected = finished.removeValue(forKey: customer.custId) ?? (0, 0)
            differences.require(
                (customer.deliveredOrders, customer.points) == expected, "points are not those of what was delivered",
                "\(customer), not \(expected)")
        }
        differences.require(finished.isEmpty, "customers are missing", "\(finished)")
        let reviewed = Set(snapshot.reviews.map(\.orderId))
        differences.require(
            reviewed.count == snapshot.reviews.count && told.reviews.isSubset(of: reviewed),
            "a review was lost or doubled", "\(told.reviews.subtracting(reviewed))")
        let stars = Dictionary(grouping: snapshot.reviews.flatMap(\.ratings), by: \.name)
        let counts = Dictionary(uniqueKeysWithValues: snapshot.ratings.map { ($0.name, $0.count) })
        differences.require(
            counts == stars.mapValues(\.count), "the ratings are not those of the reviews",
            "\(counts), not \(stars.mapValues(\.count))")
    }

    /// Each customer was told how the order stands.
    /// - Parameter notices: `<orderId> <event>` of every message that was entered and not shed.
    mutating func checkMessages(_ notices: Set<String>) {
        // A new time, or a rider, may be the latest there is to tell of an order in the kitchen.
        let events = [
            "orderCmplt": ["OrderPlaced"], "orderAccept": ["OrderAccepted", "CookDelayed", "RiderAssigned"],
            "cookStart": ["CookStarted", "CookDelayed", "RiderAssigned"], "cookCmplt": ["CookFinished"],
            "riderAssign": ["RiderAssigned", "CookFinished"], "deliveryStart": ["Picked"],
            "orderFinish": ["DeliveryFinished"],
        ]
        for order in snapshot.myPages {
            guard let events = events[order.status ?? ""] else { continue }
            differences.require(
                events.contains { notices.contains("\(order.orderId) \($0)") },
                "a customer was not told the last status", "\(order), no \(events)")
        }
        for entry in snapshot.ledgerEntries where entry.kind == "refund" {
            differences.require(
                notices.contains("\(entry.orderId) PaymentCanceled"), "a customer was not told of the refund",
                entry.orderId)
        }
    }
}

extension Promises.Ride {
    /// Where a delivery can be after it.
    fileprivate var reached: Set<String> {
        switch self {
        case .accept: ["riderAssign", "deliveryStart", "deliveryCmplt", "deliveryCxl"]
        case .decline:
            [
                "riderSearch", "riderOffer", "riderAssign", "deliveryStart", "deliveryCmplt", "deliveryCxl",
                "deliveryFail",
            ]
        case .pick: ["deliveryStart", "deliveryCmplt"]
        case .deliver: ["deliveryCmplt"]
        }
    }
}
