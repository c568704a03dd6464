import Contracts
import ServiceTestSupport

@testable import PaymentService

typealias PaymentHarness = ServiceHarness<PaymentService>

let details = OrderDetails(
    orderId: "a123", custId: "hkh9405", custAddr: "불정로 10", custTel: "010-1234-5678",
    orderInfo: "김치찌개:1,제육볶음:2",
    totPrice: 18_000, storeId: 1)

/// As the order service, or httpie, sends it.
func payBody(_ orderId: String = "a123", price: Int = 18_000, custId: String = "hkh9405") -> String {
    #"""
    {"orderId":"\#(orderId)","custId":"\#(custId)","custAddr":"불정로 10","custTel":"010-1234-5678",
     "orderInfo":"김치찌개:1,제육볶음:2","totPrice":\#(price)}
    """#
}

extension ServiceHarness<PaymentService> {
    /// Kind and amount of every entry, oldest first.
    func ledger() async throws -> [String] {
        try await get("/ledgerEntries?size=1000").embedded("ledgerEntries").map {
            "\($0["kind"]?.text ?? "") \($0["amount"]?.int ?? 0)"
        }
    }

    /// Charged − refunded, as the books say.
    func books() async throws -> Int {
        try await number(
            "SELECT coalesce(sum(CASE kind WHEN 'charge' THEN amount ELSE -amount END), 0) FROM ledger_entries")
    }
}
