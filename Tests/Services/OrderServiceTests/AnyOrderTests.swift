import Contracts
import Events
import Foundation
import Messaging
import Persistence
import ServiceTestSupport
import SharedKernel
import Testing

@testable import OrderService

/// Publishers are independent: their events may come in any order and any number of times, and the end is the same.
@Suite("Events in any order, any number of times", .timeLimit(.minutes(5)))
struct AnyOrderTests {
    /// How far the order had come here before the first event arrived.
    enum Beginning: CaseIterable, Sendable { case unknown, unanswered, placed }

    enum Story: CaseIterable, Sendable {
        case paid, accepted, cooking, cooked, rejected, refunded, canceled, canceledAfterAll, cancelRefused, delayed,
            delayedTwice, delayedCooking, assigned, riders, finished, unconfirmed, deliveryFailed, refusedAndCanceled,
            waited, expired, expiredButPaid, refundedByHand, refundedAfterAll

        /// The true order.
        var events: [any Event] {
            let paid = PaymentApproved(transcriptDetails, payId: 1)
            let rejected = OrderRejected(orderId: "a123", reason: "재료 소진")
            let refunded = PaymentCanceled(orderId: "a123", payId: 1, amount: 18_000, reason: "재료 소진")
            let (asked, canceled) = (
                OrderCancelRequested(orderId: "a123", reason: "r"), OrderCanceled(orderId: "a123", reason: "r")
            )
            let refusal = OrderCancelRefused(orderId: "a123", reason: "no")
            let (started, finished) = (CookStarted(orderId: "a123"), CookFinished(orderId: "a123"))
            let delayed = CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T11:30:00Z", version: 3)
            let sooner = CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T10:50:00Z", version: 4)
            let released = RiderReleased(orderId: "a123", riderId: 7, reason: "사고", version: 4)
            var another = OrderLifeTests.assigned
            (another.riderId, another.version) = (8, 5)
            // The order's own event comes back as well.
            let all: [any Event] = [paid, OrderPlaced(transcriptDetails)]
            let deferred = PaymentDeferred(transcriptDetails, payBy: "2026-11-21T10:10:00Z")
            let expired = OrderExpired(orderId: "a123", reason: "late")
            let way: [any Event] = [
                OrderViewTests.accepted(), OrderLifeTests.assigned, started, finished, OrderLifeTests.picked,
            ]
            return switch self {
            case .paid: all
            case .accepted: all + [OrderViewTests.accepted()]
            case .cooking: all + [OrderViewTests.accepted(), started]
            case .cooked: all + [OrderViewTests.accepted(), started, finished]
            case .rejected: all + [rejected]
            case .refunded: all + [rejected, refunded]
            case .canceled: all + [asked, canceled, refunded]
            case .canceledAfterAll: [paid, OrderViewTests.accepted(), asked, canceled, refunded]
            case .cancelRefused: [paid, OrderViewTests.accepted(), started, asked, refusal]
            case .delayed: all + [OrderViewTests.accepted(), delayed]
            case .delayedTwice: all + [OrderViewTests.accepted(), delayed, sooner]
            case .delayedCooking: [paid, OrderViewTests.accepted(), delayed, started, finished]
            case .assigned: [paid, OrderViewTests.accepted(), OrderLifeTests.assigned, started, finished]
            case .riders:
                [paid, OrderViewTests.accepted(), OrderLifeTests.assigned, released, another, started, finished]
            case .finished: all + way + [OrderLifeTests.delivered, OrderLifeTests.finished]
            case .unconfirmed: all + way + [OrderLifeTests.delivered]
            case .deliveryFailed: all + way + [canceled, refunded]
            case .refusedAndCanceled:
                [paid, OrderViewTests.accepted(), asked, refusal, started, canceled, refunded]
            case .waited: [deferred] + all + [OrderViewTests.accepted(), started]
            case .expired: [deferred, expired]
            case .expiredButPaid: [deferred, expired] + all + [rejected, refunded]
            case .refundedByHand: [paid, OrderViewTests.accepted(), refunded, asked, refusal, started]
            case .refundedAfterAll: all + way + [OrderLifeTests.delivered, OrderLifeTests.finished, refunded]
            }
        }

        var environment: [String: String] { self == .unconfirmed ? OrderLifeTests.confirmation : [:] }
    }

    static let cases = Story.allCases.flatMap { story in Beginning.allCases.map { (story, $0) } }

    private func begin(_ beginning: Beginning, _ environment: [String: String] = [:]) async throws -> OrderHarness {
        let payments = PaymentsDouble()
        if beginning == .unanswered { payments.whenCharged(.unknown) }
        let harness = try await OrderHarness.open(payments, environment: environment)
        if beginning != .unknown { _ = try await harness.post("/orders", transcriptOrder) }
        return harness
    }

    /// What the customer can see of the order, and what others were told.
    private func end(_ harness: OrderHarness) async throws -> [JSON?] {
        let order = try await harness.get("/orders/search/findByOrderId?orderId=a123")
        let info = try await harness.get("/orderInfos/search/findByOrderId?orderId=a123")
        let told = try await harness.published().map { JSON.text($0.type) }
        return [order, info].flatMap { ["status", "cmpltTime", "reason", "riderId", "totPrice"].map($0.json.member) }
            + told + [.number(Double(try await harness.waiting()))]
    }

    @Test("Every permutation of a story, with repetitions and crashes, ends as the true order does", arguments: cases)
    func permuted(_ story: Story, _ beginning: Beginning) async throws {
        let environment = story.environment
        let model = try await begin(beginning, environment)
        for event in story.events { try await model.deliver([record(event, model)]) }
        let expected = try await end(model)
        #expect(expected.first != nil)
        var generator = SplitMix(seed: 20_261_124)
        for order in permutations(story.events, &generator, atMost: 48) {
            var harness = try await begin(beginning, environment)
            let records = try order.map { try record($0, harness) }
            harness = try await harness.deliverRoughly(records, &generator) {
                try await $0.restarted(PaymentsDouble(), environment: environment)
            }
            #expect(try await end(harness) == expected, "\(order.map { type(of: $0).type })")
        }
    }

    private func record(_ event: some Event, _ harness: OrderHarness) throws -> EventRecord {
        try harness.record(event)
    }

    @Test("The whole story in one poll, in every order, ends as the true order does", arguments: Story.allCases)
    func together(_ story: Story) async throws {
        let harness = try await OrderHarness.open(environment: story.environment)
        var generator = SplitMix(seed: 7)
        let limit = story.events.count > 7 ? 500 : 5040
        let orders = [story.events] + permutations(story.events, &generator, atMost: limit)
        for start in stride(from: 0, to: orders.count, by: 20) {
            let records = try (start..<min(start + 20, orders.count)).flatMap { number in
                try orders[number].map { try record($0, harness).about("a123-\(number)") }
            }
            try await harness.deliver(records)
        }
        let ends = try await harness.database.read { connection in
            try orders.indices.map { number in
                let order = try Orders.all.find("a123-\(number)", in: connection)
                let info = try OrderInfos.table.select("WHERE order_id = $1").first(
                    .text("a123-\(number)"), in: connection)
                return [
                    order?.word, order?.reason, order?.riderId.map(String.init), info?.word, info?.reason,
                    info?.cmpltTime, info?.riderId.map(String.init),
                ]
            }
        }
        for (order, end) in zip(orders, ends) where end != ends[0] {
            Issue.record("\(order.map { type(of: $0).type }): \(end), not \(ends[0])")
        }
        #expect(try await harness.waiting() == 0)
    }

    @Test("An answer that comes late lets the events go on that came before it, when the order's own event comes back")
    func byCommand() async throws {
        let (payments, gate) = (PaymentsDouble(), Gate())
        payments.whenCharged { _ in
            await gate.pass()
            return .approved
        }
        let harness = try await OrderHarness.open(payments)
        async let answer = harness.post("/orders", transcriptOrder)
        await gate.arrived()
        try await harness.deliver(OrderViewTests.accepted())
        #expect(try await harness.get("/orders/1")["status"] == "payWait")
        await gate.open()
        #expect(try await answer.status == 201)
        #expect(try await harness.waiting() == 2, "order and view")
        try await harness.deliver(OrderPlaced(transcriptDetails))
        #expect(try await harness.get("/orders/1")["status"] == "orderAccept")
        #expect(try await harness.waiting() == 1, "the view waits for the payment")
    }

    @Test("Without any event the timer finds out that the order has moved")
    func byTimer() async throws {
        let harness = try await OrderHarness.open()
        try await harness.deliver(OrderViewTests.accepted())
        _ = try await harness.post("/orders", transcriptOrder)
        harness.clock.advance(seconds: 1)
        try await harness.retryEarlyEvents()
        #expect(try await harness.get("/orders/1")["status"] == "orderAccept")
    }

    @Test("A dish shows its last version, in whatever order its news come")
    func menu() async throws {
        func level(_ version: Int) -> StockLevel {
            StockLevel(menuItemId: 9, name: "냉면", price: 9000 + version, stock: 100 - version, version: version)
        }
        let news: [any Event] = [
            MenuItemChanged(storeId: 1, item: level(1)), StockDecreased(orderId: "a", storeId: 1, items: [level(2)]),
            StockDecreased(orderId: "b", storeId: 1, items: [level(3)]),
            StockIncreased(orderId: "a", storeId: 1, items: [level(4)]), MenuItemChanged(storeId: 1, item: level(5)),
        ]
        var generator = SplitMix(seed: 3)
        for order in permutations(news, &generator) {
            var harness = try await OrderHarness.open()
            let records = try order.map { try record($0, harness) }
            harness = try await harness.deliverRoughly(records, &generator) { try await $0.restarted(PaymentsDouble()) }
            let dish = try await harness.get("/menus/9")
            #expect(dish["price"] == 9005 && dish["stock"] == 95)
        }
    }
}

extension JSON {
    fileprivate func member(_ name: String) -> JSON? { self[name] }
}

extension EventRecord {
    /// The same of another order.
    fileprivate func about(_ orderId: String) -> EventRecord {
        var other = self
        other.key = Data(orderId.utf8)
        other.payload = payload.map { Data(String(decoding: $0, as: UTF8.self).replacing("a123", with: orderId).utf8) }
        return other
    }
}
