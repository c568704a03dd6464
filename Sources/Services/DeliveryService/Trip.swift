import Contracts
import Persistence

/// What is to be carried from where to where; it never changes.
struct Trip: Sendable, Equatable {
    let orderId: String
    let storeName: String
    let storeAddress: String
    let store: Place
    let custAddr: String
    let custTel: String
    /// `name:qty,name:qty`.
    let orderInfo: String

    static let columns = Columns(
        Trip.init(orderId:storeName:storeAddress:store:custAddr:custTel:orderInfo:),
        Column("order_id", \.orderId, .unique, .fixed), Column("store_name", \.storeName, .fixed),
        Column("store_address", \.storeAddress, .fixed), Column(\.store, Place.columns("store_lat", "store_lon")),
        Column("cust_addr", \.custAddr, .fixed), Column("cust_tel", \.custTel, .fixed),
        Column("order_info", \.orderInfo, .fixed))
}

extension Trip {
    init(_ event: OrderAccepted) {
        self.init(
            orderId: event.orderId, storeName: event.storeName ?? "", storeAddress: event.storeAddress ?? "",
            store: Place(lat: event.storeLat, lon: event.storeLon), custAddr: event.custAddr ?? "",
            custTel: event.custTel ?? "", orderInfo: event.orderInfo ?? "")
    }
}
