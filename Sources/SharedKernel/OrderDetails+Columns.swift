public import Contracts
public import Persistence

extension OrderDetails {
    /// How every context keeps the details of an order; they never change.
    public static let columns = Columns(
        OrderDetails.init(orderId:custId:custAddr:custTel:orderInfo:totPrice:storeId:),
        Column("order_id", \.orderId, .unique, .fixed), Column("cust_id", \.custId, .fixed),
        Column("cust_addr", \.custAddr, .fixed), Column("cust_tel", \.custTel, .fixed),
        Column("order_info", \.orderInfo, .fixed), Column("tot_price", \.totPrice, .fixed),
        Column("store_id", \.storeId, .fixed))
}
