import Contracts
import Events
import Persistence
import ServiceTestSupport
import Testing

@testable import OrderService

@Suite("A customer cancels an order")
struct CancellationTests {
    private static let late = "조리 시작 이후에는 주문취소가 불가능합니다."

    /// Paid, and then what happened.
    private func harness(_ events: [any Event] = []) async throws -> OrderHarness {
        let harness = try await OrderHarness.open()
        _ = try await harness.post("/orders", transcriptOrder)
        for event in [PaymentApproved(transcriptDetails, payId: 1)] + events {
            try await harness.deliver([harness.record(event)])
        }
        return harness
    }

    private func shown(_ harness: OrderHarness) async throws -> [String?] {
        let order = try await harness.get("/orders/1"), info = try await harness.get("/orderInfos/1")
        return [order["status"]?.text, info["status"]?.text, order["reason"]?.text, info["reason"]?.text]
    }

    @Test("The wish is taken once, and locks the order until the store has answered", arguments: [false, true])
    func asked(isAccepted: Bool) async throws {
        let harness = try await harness(isAccepted ? [OrderViewTests.accepted()] : [])
        #expect(try await harness.get("/orders/1").links.contains("cancel"))
        let first = try await harness.send("DELETE", "/orders/1", #"{"reason":"너무 늦어요"}"#)
        #expect(first.status == 202)
        #expect(first["status"] == "orderCxlReq")
        #expect(first.links == ["self", "order"])
        let again = try await harness.send("DELETE", "/orders/1")
        #expect(again.status == 202)
        #expect(again.json == first.json)
        let requests = try await harness.published("OrderCancelRequested")
        #expect(try requests.map { try $0.decode() } == [OrderCancelRequested(orderId: "a123", reason: "너무 늦어요")])
        try await harness.deliver(OrderCancelRequested(orderId: "a123", reason: "너무 늦어요"))
        #expect(try await shown(harness) == ["orderCxlReq", "orderCxlReq", nil, nil])
    }

    @Test("The store's yes cancels it, and then the money is back")
    func canceled() async throws {
        let harness = try await harness()
        _ = try await harness.send("DELETE", "/orders/1")
        try await harness.deliver(OrderCanceled(orderId: "a123", reason: "r"))
        #expect(try await shown(harness) == ["orderCxl", "orderCxl", "r", "r"])
        try await harness.deliver(PaymentCanceled(orderId: "a123", payId: 1, amount: 18_000, reason: "r"))
        #expect(try await shown(harness) == ["payCxl", "payCxl", "r", "r"])
        #expect(try await harness.send("DELETE", "/orders/1").status == 202, "asked again, it is as it was asked for")
    }

    @Test("The store's no unlocks it as far as it has come meanwhile, and is final")
    func refused() async throws {
        let harness = try await harness([OrderViewTests.accepted()])
        _ = try await harness.send("DELETE", "/orders/1")
        try await harness.deliver(OrderCancelRequested(orderId: "a123", reason: "r"))
        try await harness.deliver(CookStarted(orderId: "a123"))
        #expect(try await shown(harness) == ["orderCxlReq", "orderCxlReq", nil, nil])
        try await harness.deliver(OrderCancelRefused(orderId: "a123", reason: Self.late))
        #expect(try await shown(harness) == ["cookStart", "cookStart", Self.late, Self.late])
        let again = try await harness.send("DELETE", "/orders/1")
        #expect(again.status == 409)
        #expect(again["detail"]?.text == Self.late)
    }

    @Test("When it is certainly too late, the store is not even asked")
    func tooLate() async throws {
        let harness = try await harness([OrderViewTests.accepted(), CookStarted(orderId: "a123")])
        #expect(!(try await harness.get("/orders/1")).links.contains("cancel"))
        let answer = try await harness.send("DELETE", "/orders/1")
        #expect(answer.status == 409)
        #expect(answer["detail"]?.text == Self.late)
        #expect(try await harness.published("OrderCancelRequested").isEmpty)
    }

    @Test("Wrong requests change nothing")
    func wrong() async throws {
        let harness = try await harness()
        let before = try await harness.get("/orders/1")
        for (body, field) in [(#"{"reason":"  "}"#, "reason"), (#"{"reason":7}"#, "reason")] {
            let answer = try await harness.send("DELETE", "/orders/1", body)
            #expect(answer.status == 422)
            #expect(answer.wrongFields == [field])
        }
        #expect(try await harness.send("DELETE", "/orders/1", "{").status == 400)
        #expect(try await harness.send("DELETE", "/orders/9").status == 404)
        #expect(try await harness.send("DELETE", "/orders/1", headers: [("If-Match", #""7""#)]).status == 412)
        #expect(try await harness.get("/orders/1").json == before.json)
        #expect(try await harness.published("OrderCancelRequested").isEmpty)
    }
}
