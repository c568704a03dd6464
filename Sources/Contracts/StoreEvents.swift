/// The owner took the order and said when the food will be ready.
public struct OrderAccepted: OrderEvent, Equatable {
    public static let type = "OrderAccepted"
    public var orderId: String
    public var storeId: Int
    /// ISO 8601 with offset.
    public var cmpltTime: String
    /// Degrees, WGS 84: where the rider picks up.
    public var storeLat: Double
    public var storeLon: Double
    // What the rider picks up and where it goes. Events from before there were riders say nothing of it.
    public var storeName: String?
    public var storeAddress: String?
    public var custAddr: String?
    public var custTel: String?
    public var orderInfo: String?
    public var violations: [String] {
        violations {
            $0.require(time: cmpltTime, "cmpltTime")
            $0.require(Limits.lat.contains(storeLat), "storeLat is not on the earth")
            $0.require(Limits.lon.contains(storeLon), "storeLon is not on the earth")
            for (name, text) in [
                ("storeName", storeName), ("storeAddress", storeAddress), ("custAddr", custAddr), ("custTel", custTel),
            ] { $0.require(text: text ?? "", name) }
            $0.require((orderInfo ?? "").utf8.count <= Limits.orderInfo, "orderInfo is too long")
        }
    }

    public init(orderId: String, storeId: Int, cmpltTime: String, storeLat: Double, storeLon: Double) {
        (self.orderId, self.storeId, self.cmpltTime) = (orderId, storeId, cmpltTime)
        (self.storeLat, self.storeLon) = (storeLat, storeLon)
    }
}

/// The owner changed the time that was announced: the food will be ready later, or sooner.
public struct CookDelayed: OrderEvent, Equatable {
    public static let type = "CookDelayed"
    public var orderId: String
    /// ISO 8601 with offset.
    public var cmpltTime: String
    /// Of the order on the owner's counter; the delay with the highest one counts.
    public var version: Int
    public var violations: [String] {
        violations {
            $0.require(time: cmpltTime, "cmpltTime")
            $0.require(version > 0, "version must be at least 1")
        }
    }
    public init(orderId: String, cmpltTime: String, version: Int) {
        (self.orderId, self.cmpltTime, self.version) = (orderId, cmpltTime, version)
    }
}

/// The store will not cook the order: the owner said so, or nobody answered in time; the store is closed or its kitchen full; a
/// dish is sold out or there is too little stock.
public struct OrderRejected: OrderEvent, Equatable {
    public static let type = "OrderRejected"
    public var orderId: String
    public var reason: String
    public var violations: [String] { violations { $0.require(text: reason, "reason") } }
    public init(orderId: String, reason: String) { (self.orderId, self.reason) = (orderId, reason) }
}

public struct CookStarted: OrderEvent, Equatable {
    public static let type = "CookStarted"
    public var orderId: String
    public init(orderId: String) { self.orderId = orderId }
}

public struct CookFinished: OrderEvent, Equatable {
    public static let type = "CookFinished"
    public var orderId: String
    public init(orderId: String) { self.orderId = orderId }
}
