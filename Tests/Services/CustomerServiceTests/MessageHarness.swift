import Contracts
import Events
import ServiceKit
import ServiceTestSupport
import Synchronization
import Time

@testable import CustomerService

typealias MessageHarness = ServiceHarness<CustomerService>

extension MessageHarness {
    /// A customer service that tells people by channels of the test's.
    static func open(
        _ notifiers: [any Notifier],
        limits: MessageSender.Limits = .init(perSecond: 50, waiting: 100, age: .seconds(3_600)),
        clock: TestClock = TestClock(), on earlier: MessageHarness? = nil
    ) async throws -> MessageHarness {
        try await MessageHarness(clock: earlier?.clock ?? clock, database: earlier?.database) { context in
            CustomerService(
                context, NotifierSettings(ownerTel: "02-1234-5678", limits: limits, notifiers: notifiers, client: nil))
        }
    }

    func messages() async throws -> [JSON] { try await get("/messages?size=1000").embedded("messages") }

    func statuses() async throws -> [String] { try await messages().compactMap { $0["status"]?.text } }

    /// Rounds of the sender, a second apart, until nothing waits.
    func sendAll(atMost rounds: Int = 200) async throws {
        for _ in 1...rounds {
            try await service.sender.sendDue()
            if try await number("SELECT count(*) FROM messages WHERE due_at IS NOT NULL") == 0 { return }
            clock.advance(seconds: 1)
        }
    }
}

/// A channel that answers as the test says, and remembers what it was to send.
final class NotifierDouble: Notifier {
    let channel: Message.Channel
    private let answer: @Sendable (Message) async -> Outcome
    private let seen = Mutex<[Message]>([])

    init(
        _ channel: Message.Channel = .console, answer: @escaping @Sendable (Message) async -> Outcome = { _ in .sent }
    ) {
        (self.channel, self.answer) = (channel, answer)
    }

    var sent: [Message] { seen.withLock { $0 } }

    func send(_ message: Message) async -> Outcome {
        seen.withLock { $0.append(message) }
        return await answer(message)
    }
}

let orderDetails = details("a123")

func details(_ orderId: String, tel: String = "010-1234-5678") -> OrderDetails {
    OrderDetails(
        orderId: orderId, custId: "hkh9405", custAddr: "불정로 10", custTel: tel, orderInfo: "김치찌개:1,제육볶음:2",
        totPrice: 18_000, storeId: 1)
}

/// One event of each kind that somebody is told of, in the order of a life that cannot be, and what is said.
let toldEvents: [(event: any Event, text: String)] = [
    (PaymentDeferred(orderDetails, payBy: "2026-11-21T10:10:00Z"), "주문(a123)의 결제가 밀려 있습니다. 19:10까지 순서대로 다시 결제해 드립니다."),
    (OrderPlaced(orderDetails), "주문(a123)이 접수되었습니다. 결제 금액은 18000원입니다."),
    (
        OrderAccepted(
            orderId: "a123", storeId: 1, cmpltTime: "2026-11-21T19:30:00+09:00", storeLat: 37.5, storeLon: 127),
        "가게가 주문(a123)을 받았습니다. 19:30쯤 조리가 끝납니다."
    ),
    (
        CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T15:40:00Z", version: 3),
        "주문(a123)의 조리 완료 예정 시각이 00:40(으)로 바뀌었습니다."
    ),
    (CookStarted(orderId: "a123"), "주문(a123)의 조리가 시작되었습니다."),
    (CookFinished(orderId: "a123"), "주문(a123)의 조리가 끝났습니다."),
    (
        RiderAssigned(
            orderId: "a123", riderId: 7, riderName: "김라이더", riderTel: "010-9999-0000", distance: 900, version: 2),
        "주문(a123)은 김라이더 라이더가 배달합니다. 연락처 ***-****-0000"
    ),
    (Picked(orderId: "a123", riderId: 7), "주문(a123)의 배달이 시작되었습니다."),
    (Delivered(orderId: "a123", riderId: 7, deliveredAt: "2026-11-21T11:00:00Z"), "주문(a123)이 배달되었습니다. 맛있게 드세요."),
    (
        DeliveryFinished(orderId: "a123", custId: "hkh9405", storeId: 1, totPrice: 18_000),
        "주문(a123)이 완료되었습니다. 이용해 주셔서 감사합니다."
    ),
    (OrderExpired(orderId: "a123", reason: "시간 초과"), "주문(a123)이 취소되었습니다. 결제되지 않았습니다. 시간 초과"),
    (OrderRejected(orderId: "a123", reason: "재료 소진"), "가게 사정으로 주문(a123)이 취소되었습니다. 재료 소진"),
    (OrderCanceled(orderId: "a123", reason: "변심"), "주문(a123)이 취소되었습니다. 변심"),
    (
        PaymentCanceled(orderId: "a123", payId: 1, amount: 18_000, reason: "재료 소진"),
        "주문(a123)의 결제 금액 18000원을 돌려드렸습니다."
    ),
    (OrderCancelRefused(orderId: "a123", reason: "#{사유}"), "주문(a123)을 취소할 수 없습니다. #{사유}"),
    (
        CustomerGradeChanged(custId: "hkh9405", grade: "silver", points: 900),
        "회원 등급이 silver(으)로 올랐습니다. 적립금 900점."
    ),
    (
        ReviewCreated(
            orderId: "a123", storeId: 1, custId: "hkh9405",
            ratings: [DishRating(name: "김치찌개", rating: 5), DishRating(name: "제육볶음", rating: 4)], text: "맛있어요",
            createdAt: "2026-11-21T12:00:00Z"), "주문(a123)에 새 리뷰가 등록되었습니다. 평점 4.5"
    ),
]

/// Keeps what is logged.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func append(_ line: String) { lines.withLock { $0.append(line) } }
}
