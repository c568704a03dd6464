import Persistence

/// The table of offers: who was asked, and what they said.
enum Offers {
    static let table = Table(
        "offers", Offer.init(id:version:deliveryId:riderId:distance:_:), Column("id", \.id, .id),
        Column("version", \.version, .version), Column("delivery_id", \.deliveryId, .fixed),
        Column("rider_id", \.riderId, .fixed, .references("riders")), Column("distance", \.distance, .fixed),
        Column("status", \.status),
        more: [
            "CREATE INDEX offers_delivery ON offers (delivery_id, rider_id)",
            // Nobody is asked two things at once.
            "CREATE UNIQUE INDEX offers_open ON offers (rider_id) WHERE status = 'open'",
        ], isCounted: false)

    private static let open = table.select("WHERE delivery_id = $1 AND status = 'open' ORDER BY id")
    private static let refused = table.select("WHERE delivery_id = $1 AND status IN ('declined', 'lapsed')")
    private static let last = table.select("WHERE delivery_id = $1 AND rider_id = $2 ORDER BY id DESC LIMIT 1")

    static func areOpen(of delivery: Delivery, in connection: any Connection) throws -> Bool {
        try open.first(.integer(delivery.id), in: connection) != nil
    }

    /// Riders who have said no, and those who have not answered, or did not come.
    static func refusers(
        of delivery: Delivery, in connection: any Connection
    ) throws -> (declined: Set<Int>, lapsed: Set<Int>) {
        let offers = try refused.all(.integer(delivery.id), in: connection)
        let declined = Set(offers.filter { $0.status == .declined }.map(\.riderId))
        return (declined, Set(offers.map(\.riderId)).subtracting(declined))
    }

    static func make(of delivery: Delivery, to rider: Nearest.Found, in transaction: Transaction) throws {
        if let asked = try Riders.table.find(id: rider.id, in: transaction) {
            _ = try Riders.table.change(asked, in: transaction) { $0.deliveryId = delivery.id }
        }
        let offer = Offer(deliveryId: delivery.id, riderId: rider.id, distance: Int(rider.distance.rounded()))
        _ = try table.insert(offer, in: transaction)
    }

    /// What the rider does with their offer.
    /// - Throws: ``DeliveryRefused`` 409 when they have none that allows it.
    @discardableResult
    static func answer(
        _ move: Offer.Move, by riderId: Int, of delivery: Delivery, in transaction: Transaction
    ) throws -> Offer {
        guard let offer = try last.first(.integer(delivery.id), .integer(riderId), in: transaction) else {
            throw DeliveryRefused.offer(nil)
        }
        return try table.change(offer, in: transaction) { try $0.make(move) }
    }

    /// Ends those that are still open; their riders are free.
    static func end(_ move: Offer.Move, of delivery: Delivery, in transaction: Transaction) throws {
        for offer in try open.all(.integer(delivery.id), in: transaction) {
            _ = try table.change(offer, in: transaction) { try $0.make(move) }
            try Riders.free(offer.riderId, in: transaction)
        }
    }
}
