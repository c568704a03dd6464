import Contracts
import Events
import ServiceTestSupport
import Testing

@testable import StoreService

@Suite("Events at the store in any order, any number of times", .timeLimit(.minutes(5)))
struct AnyOrderTests {
    private static let paid = PaymentApproved(details(), payId: 1)
    private static let accepted = OrderAccepted(
        orderId: "a123", storeId: 1, cmpltTime: "2026-11-21T11:00:00Z", storeLat: 0, storeLon: 0)

    private static let delayed = CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T11:30:00Z", version: 3)
    private static let sooner = CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T10:50:00Z", version: 4)

    /// The payment, and what comes back of the owner's own commands.
    static let stories: [([any Event], String)] = [
        ([paid], "orderCmplt"),
        ([paid, accepted], "orderAccept"),
        ([paid, accepted, CookStarted(orderId: "a123")], "cookStart"),
        ([paid, accepted, CookStarted(orderId: "a123"), CookFinished(orderId: "a123")], "cookCmplt"),
        ([paid, accepted, delayed], "orderAccept"),
        ([paid, accepted, delayed, CookStarted(orderId: "a123")], "cookStart"),
        ([paid, accepted, delayed, sooner], "orderAccept"),
        ([paid, accepted, delayed, CookStarted(orderId: "a123"), CookFinished(orderId: "a123")], "cookCmplt"),
        ([paid, OrderCanceled(orderId: "a123", reason: "r")], "orderCxl"),
        ([paid, OrderRejected(orderId: "a123", reason: "재료 소진")], "orderReject"),
    ]

    @Test("The owner's view ends at the last status, and the order is received once", arguments: 0..<stories.count)
    func view(_ number: Int) async throws {
        let (events, status) = Self.stories[number]
        let times = events.map { ($0 as? CookDelayed)?.cmpltTime ?? ($0 as? OrderAccepted)?.cmpltTime }
        let time = times.last { $0 != nil } ?? nil
        var generator = SplitMix(seed: 20_261_124)
        for order in permutations(events, &generator) {
            var harness = try await StoreHarness()
            let records = try order.map { try record($0, harness) }
            harness = try await harness.deliverRoughly(records, &generator) { harness in
                try await StoreHarness(clock: harness.clock, database: harness.database)
            }
            let shown = try await harness.get("/orderDtls/search/findByOrderId?orderId=a123")
            #expect(shown["status"]?.text == status)
            #expect(shown["cmpltTime"]?.text == time, "\(order.map { type(of: $0).type })")
            #expect(shown["custAddr"] == "불정로 10")
            #expect(try await harness.stock() == [99_999, 99_998, 100_000, 100_000])
            #expect(try await harness.told() == ["StockDecreased"])
            #expect(try await harness.waiting() == 0)
        }
    }

    private func record(_ event: some Event, _ harness: StoreHarness) throws -> EventRecord {
        try harness.record(event)
    }
}
