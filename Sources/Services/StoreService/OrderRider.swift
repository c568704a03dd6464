import Contracts
import Persistence

/// Who brings an order, or how the search goes. Of the delivery's news about riders the latest counts, whichever comes first.
struct OrderRider: Encodable, Sendable, Equatable {
    /// The words on the wire, those of a delivery.
    enum Status: String, ColumnValue, Encodable {
        /// Somebody is asked.
        case offered = "riderOffer"
        /// Nobody near is free, or the one who was assigned does not come.
        case sought = "riderSearch"
        case assigned = "riderAssign"
    }

    private var riderStatus: Status?
    private(set) var riderId: Int?
    private var riderName, riderTel: String?
    private var version = 0

    /// Beside the `riderId` that every order shows.
    private enum CodingKeys: String, CodingKey, CaseIterable { case riderStatus, riderName, riderTel }
    static let members = CodingKeys.allCases.map(\.rawValue)

    /// The word of an order that somebody comes for.
    var assigned: String? { riderStatus == .assigned ? riderStatus?.rawValue : nil }

    mutating func show(_ event: RiderOffered) { show(OrderRider(riderStatus: .offered, version: event.version)) }
    mutating func show(_ event: RiderAwaited) { show(OrderRider(riderStatus: .sought, version: event.version)) }
    mutating func show(_ event: RiderReleased) { show(OrderRider(riderStatus: .sought, version: event.version)) }
    mutating func show(_ event: RiderAssigned) {
        show(
            OrderRider(
                riderStatus: .assigned, riderId: event.riderId, riderName: event.riderName, riderTel: event.riderTel,
                version: event.version))
    }

    private mutating func show(_ news: OrderRider) { if news.version > version { self = news } }
}

extension OrderRider {
    static let columns = Columns(
        OrderRider.init(riderStatus:riderId:riderName:riderTel:version:),
        Column("rider_status", \.riderStatus, .since(3, value: "NULL")),
        Column("rider_id", \.riderId, .since(3, value: "NULL")),
        Column("rider_name", \.riderName, .since(3, value: "NULL")),
        Column("rider_tel", \.riderTel, .since(3, value: "NULL")),
        Column("rider_version", \.version, .since(3, value: "0")))
}
