import Contracts
import Events
import ServiceTestSupport

@testable import CustomerService

typealias CustomerHarness = ServiceHarness<CustomerService>

let paidOrder = OrderDetails(
    orderId: "a123", custId: "hkh9405", custAddr: "불정로 10", custTel: "010-1234-5678",
    orderInfo: "김치찌개:1,제육볶음:2", totPrice: 18_000, storeId: 1)

func details(_ orderId: String, custId: String = "hkh9405", storeId: Int = 1) -> OrderDetails {
    var details = paidOrder
    (details.orderId, details.custId, details.storeId) = (orderId, custId, storeId)
    return details
}

/// The events of an order, from payment to review.
enum News {
    static let deferred = PaymentDeferred(paidOrder, payBy: "2026-11-21T10:10:00Z")
    static let expired = OrderExpired(orderId: "a123", reason: "결제 시간이 지났습니다.")
    static let paid = PaymentApproved(paidOrder, payId: 1)
    static let accepted = OrderAccepted(
        orderId: "a123", storeId: 1, cmpltTime: "2026-11-21T11:00:00Z", storeLat: 37, storeLon: 127)
    static let delayed = CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T11:30:00Z", version: 3)
    static let started = CookStarted(orderId: "a123")
    static let cooked = CookFinished(orderId: "a123")
    static let assigned = RiderAssigned(
        orderId: "a123", riderId: 7, riderName: "김라이더", riderTel: "010-7", distance: 300, version: 2)
    static let released = RiderReleased(orderId: "a123", riderId: 7, reason: "사고", version: 3)
    static let picked = Picked(orderId: "a123", riderId: 7)
    static let delivered = Delivered(orderId: "a123", riderId: 7, deliveredAt: "2026-11-21T11:40:00Z")
    static let finished = DeliveryFinished(orderId: "a123", custId: "hkh9405", storeId: 1, totPrice: 18_000)
    static let reviewed = ReviewCreated(
        orderId: "a123", storeId: 1, custId: "hkh9405", ratings: [DishRating(name: "김치찌개", rating: 5)], text: "",
        createdAt: "2026-11-21T12:00:00Z")
    static let rejected = OrderRejected(orderId: "a123", reason: "재료 소진")
    static let asked = OrderCancelRequested(orderId: "a123", reason: "마음이 바뀌었어요")
    static let refused = OrderCancelRefused(orderId: "a123", reason: "조리 시작 이후에는 주문취소가 불가능합니다.")
    static let canceled = OrderCanceled(orderId: "a123", reason: "마음이 바뀌었어요")
    static let refunded = PaymentCanceled(orderId: "a123", payId: 1, amount: 18_000, reason: "재료 소진")
}

extension ServiceHarness<CustomerService> {
    func tell(_ news: any Event...) async throws {
        for event in news { try await deliver([record(of: event)]) }
    }

    func record(of event: some Event) throws -> EventRecord { try record(event) }

    func page() async throws -> Answer { try await get("/myPages/search/findByOrderId?orderId=a123") }
}
