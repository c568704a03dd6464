import Contracts
import ServiceTestSupport
import Testing

@testable import OrderService

@Suite("Repeating an order")
struct RepeatedOrderTests {
    let payments = PaymentsDouble()

    @Test("The same request gets the same answer, and the customer is charged once")
    func same() async throws {
        let harness = try await OrderHarness.open(payments)
        let first = try await harness.post("/orders", transcriptOrder)
        let second = try await harness.post("/orders", transcriptOrder)
        #expect(second.status == 201)
        #expect(second.json == first.json)
        #expect(second.header("Location") == first.header("Location"))
        #expect(second.header("ETag") == first.header("ETag"))
        #expect(payments.charged.count == 1)
        #expect(try await harness.placed().count == 1)
        #expect(try await harness.orderCount() == 1)
    }

    @Test("The first answer is given again when the order has moved on")
    func later() async throws {
        let harness = try await OrderHarness.open(payments)
        let first = try await harness.post("/orders", transcriptOrder)
        try await harness.deliver(
            OrderAccepted(orderId: "a123", storeId: 1, cmpltTime: "2026-11-21T11:00:00Z", storeLat: 0, storeLon: 0))
        let second = try await harness.post("/orders", transcriptOrder)
        #expect(second.json == first.json)
        #expect(second.header("ETag") == first.header("ETag"), "the tag names what the body shows")
        #expect(try await harness.get("/orders/1")["status"] == "orderAccept")
    }

    @Test("An order that came into being by its payment answers the request that it can be from, and no other")
    func unknownRequest() async throws {
        let harness = try await OrderHarness.open(payments)
        try await harness.deliver(PaymentApproved(transcriptDetails, payId: 1))
        #expect(try await harness.post("/orders", transcriptOrder).status == 201)
        let others = [("hkh9405", "thief"), ("김치찌개:1", "김치찌개:2"), (#""18000""#, "-1"), ("불정로", "불정 로")]
        for (word, other) in others {
            let answer = try await harness.post("/orders", transcriptOrder.replacing(word, with: other))
            #expect(answer.status == 422 && answer["custTel"] == nil)
        }
    }

    @Test("Another request under the same order id is refused and changes nothing")
    func other() async throws {
        let harness = try await OrderHarness.open(payments)
        _ = try await harness.post("/orders", transcriptOrder)
        let answer = try await harness.post(
            "/orders", #"{"orderId":"a123","custId":"x","orderInfo":"비빔밥:1","totPrice":7000}"#)
        #expect(answer.status == 422)
        #expect(answer.wrongFields == ["orderId"])
        #expect(payments.charged.count == 1)
        #expect(try await harness.get("/orders/1")["custId"] == "hkh9405")
    }

    @Test("A repetition that comes while the first one runs is told to wait", .timeLimit(.minutes(5)))
    func running() async throws {
        let gate = Gate()
        payments.whenCharged { _ in
            await gate.pass()
            return .approved
        }
        let harness = try await OrderHarness.open(payments)
        async let first = harness.post("/orders", transcriptOrder)
        await gate.arrived()
        let second = try await harness.post("/orders", transcriptOrder)
        #expect(second.status == 409)
        #expect(second.header("Retry-After") == "1")
        await gate.open()
        #expect(try await first.status == 201)
        #expect(try await harness.post("/orders", transcriptOrder).status == 201)
        #expect(payments.charged.count == 1)
        #expect(try await harness.placed().count == 1)
    }

    @Test("Of many requests at once one is charged, the others wait", .timeLimit(.minutes(5)))
    func storm() async throws {
        let gate = Gate()
        payments.whenCharged { _ in
            await gate.pass()
            return .approved
        }
        let harness = try await OrderHarness.open(payments)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 1...30 { group.addTask { try await harness.post("/orders", transcriptOrder).status } }
            var statuses: [Int] = []
            while let status = try await group.next() {
                statuses.append(status)
                if statuses.count == 29 { await gate.open() }
            }
            return statuses
        }
        #expect(statuses.filter { $0 == 201 }.count == 1)
        #expect(statuses.filter { $0 == 409 }.count == 29)
        #expect(payments.charged.count == 1)
        #expect(try await harness.placed().count == 1)
    }

    @Test("An Idempotency-Key stands in for an order id")
    func key() async throws {
        let harness = try await OrderHarness.open(payments)
        let body = #"{"custId":"c","orderInfo":"비빔밥:1","totPrice":7000}"#
        let first = try await harness.post("/orders", body, headers: [("Idempotency-Key", #""k-1""#)])
        let second = try await harness.post("/orders", body, headers: [("Idempotency-Key", "k-1")])
        let other = try await harness.post("/orders", body, headers: [("Idempotency-Key", "k-2")])
        #expect(first.status == 201)
        #expect(second.json == first.json)
        #expect(other["orderId"] != first["orderId"])
        #expect(payments.charged.count == 2)
    }

    @Test("An Idempotency-Key is not good for a second order")
    func keyReused() async throws {
        let harness = try await OrderHarness.open(payments)
        let key = [("Idempotency-Key", "k-1")]
        _ = try await harness.post("/orders", #"{"custId":"c","orderInfo":"비빔밥:1","totPrice":7000}"#, headers: key)
        let other = try await harness.post(
            "/orders", #"{"custId":"c","orderInfo":"비빔밥:2","totPrice":14000}"#, headers: key)
        #expect(other.status == 422)
        #expect(payments.charged.count == 1)
    }

    @Test("A malformed Idempotency-Key is refused")
    func malformedKey() async throws {
        let harness = try await OrderHarness.open(payments)
        let answer = try await harness.post("/orders", transcriptOrder, headers: [("Idempotency-Key", "")])
        #expect(answer.status == 400)
        #expect(try await harness.orderCount() == 0)
    }
}
