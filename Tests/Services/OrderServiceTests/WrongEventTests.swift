import Contracts
import Events
import Messaging
import Persistence
import ServiceTestSupport
import Testing

@testable import OrderService

@Suite("Events are as little trusted as requests")
struct WrongEventTests {
    private static func dish(
        _ name: String = "냉면", price: Int = 9000, stock: Int = 1, version: Int = 7
    ) -> MenuItemChanged {
        MenuItemChanged(
            storeId: 1,
            item: StockLevel(menuItemId: 9, name: name, price: price, stock: stock, version: version))
    }

    private static func paid(_ change: (inout OrderDetails) -> Void) -> PaymentApproved {
        var details = transcriptDetails
        change(&details)
        return PaymentApproved(details, payId: 1)
    }

    private static func accepted(_ time: String = "2026-11-21T11:00:00Z", lat: Double = 37, lon: Double = 127)
        -> OrderAccepted
    { OrderAccepted(orderId: "a123", storeId: 1, cmpltTime: time, storeLat: lat, storeLon: lon) }

    private static let long = String(repeating: "x", count: 501)

    static let wrong: [any Event] = [
        dish(price: 9_000_000_000_000_000_000), dish(price: 0), dish(price: -6000), dish(stock: -1), dish(stock: .max),
        dish(version: 0), dish(""), dish(long),
        StockDecreased(orderId: "a", storeId: 1, items: []),
        StockIncreased(orderId: "", storeId: 1, items: [dish().item]),
        StockIncreased(orderId: "a", storeId: 1, items: Array(repeating: dish().item, count: 101)),
        paid { $0.totPrice = .min }, paid { $0.totPrice = .max }, paid { $0.orderId = "" }, paid { $0.custAddr = long },
        paid { $0.orderInfo = String(repeating: "가:1,", count: 4000) + "가:1" },
        accepted(""), accepted(long), accepted(lat: 91), accepted(lon: -181),
        OrderRejected(orderId: "a123", reason: long), CookStarted(orderId: ""), CookFinished(orderId: long),
        CookDelayed(orderId: "", cmpltTime: "2026-11-21T11:00:00Z", version: 3),
        CookDelayed(orderId: "a123", cmpltTime: "", version: 3),
        CookDelayed(orderId: "a123", cmpltTime: long, version: 3),
        CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T11:00:00Z", version: 0),
        OrderCancelRequested(orderId: "", reason: "r"), OrderCanceled(orderId: "a123", reason: long),
        OrderCancelRefused(orderId: long, reason: "r"),
        RiderAssigned(orderId: "a123", riderId: 0, riderName: "n", riderTel: "t", distance: 1, version: 1),
        RiderAssigned(orderId: "a123", riderId: 1, riderName: long, riderTel: "t", distance: 1, version: 1),
        RiderReleased(orderId: "a123", riderId: 1, reason: "r", version: 0), Picked(orderId: "", riderId: 1),
        Delivered(orderId: "a123", riderId: 1, deliveredAt: "soon"),
        DeliveryFinished(orderId: "a123", custId: "c", storeId: 1, totPrice: 0),
        PaymentDeferred(transcriptDetails, payBy: "soon"), OrderExpired(orderId: "a123", reason: long),
        PaymentCanceled(orderId: "a123", payId: 1, amount: -1, reason: "r"),
    ]

    @Test(
        "An event with a value that nobody may send is a dead letter, and changes nothing", arguments: 0..<wrong.count)
    func deadLetter(_ number: Int) async throws {
        let harness = try await OrderHarness.open()
        try await harness.deliver(PaymentApproved(transcriptDetails, payId: 1))
        let before = try await [
            harness.get("/menus").json, harness.get("/orders").json, harness.get("/orderInfos").json,
        ]
        let outcome = try await harness.deliver([record(Self.wrong[number], harness)])
        #expect(outcome.retry.isEmpty)
        #expect(try await harness.published("DeadLetter").count == 1)
        let after = try await [
            harness.get("/menus").json, harness.get("/orders").json, harness.get("/orderInfos").json,
        ]
        #expect(after == before)
    }

    private func record(_ event: some Event, _ harness: OrderHarness) throws -> EventRecord {
        try harness.record(event)
    }

    @Test("A price that is in the table all the same is refused, not multiplied", arguments: [Int.max, -1, 0])
    func storedPrice(_ price: Int) async throws {
        let harness = try await OrderHarness.open()
        try await harness.database.write { try $0.execute("UPDATE menus SET price = $1", [.integer(price)]) }
        let answer = try await harness.post("/orders", transcriptOrder)
        #expect(answer.status == 422)
        #expect(
            answer.wrongFields == ["orderInfo", "orderInfo"]
                || answer.wrongFields == ["orderInfo", "orderInfo", "totPrice"])
    }
}
