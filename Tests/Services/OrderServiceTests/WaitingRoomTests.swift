import Contracts
import Events
import Persistence
import ServiceTestSupport
import SharedKernel
import Telemetry
import Testing
import Time

@testable import OrderService

@Suite("Orders wait while payment is away") struct WaitingRoomTests {
    let payments = PaymentsDouble()

    private func order(_ id: String) -> String { transcriptOrder.replacing("a123", with: id) }

    /// With payment shut off by the breaker, and these orders in the line.
    private func harness(
        _ ids: [String] = ["a123"], environment: [String: String] = [:]
    ) async throws -> OrderHarness {
        payments.shutOff()
        let harness = try await OrderHarness.open(payments, environment: environment)
        for id in ids { #expect(try await harness.post("/orders", order(id)).status == 202) }
        return harness
    }

    @Test("With the breaker open an order is taken in, with its place and what can be done, and payment is not called")
    func shutOff() async throws {
        let harness = try await harness(["a", "b"])
        let answer = try await harness.post("/orders", transcriptOrder)
        #expect(answer.status == 202)
        #expect(answer["status"] == "payWait" && answer["place"] == 3)
        #expect(answer["payBy"]?.text == "2026-11-21T10:10:00.000Z")
        #expect(answer.header("Retry-After") == "5")
        #expect(answer.header("Location")?.hasSuffix("/orders/3") == true)
        #expect(answer.links == ["self", "order", "pay", "cancel"])
        #expect(payments.charged.isEmpty)
        let told = try await harness.published()
        #expect(told.map(\.type) == ["PaymentDeferred", "PaymentDeferred", "PaymentDeferred"])
        #expect(try told.last?.decode() == PaymentDeferred(transcriptDetails, payBy: "2026-11-21T10:10:00.000Z"))
        try await harness.deliver(PaymentDeferred(transcriptDetails, payBy: "2026-11-21T10:10:00.000Z"))
        #expect(try await harness.brokenResources() == [])
        #expect(try await harness.get("/orders/3")["payBy"]?.text == "2026-11-21T10:10:00.000Z")
    }

    @Test("The customer's view begins with the wait, and goes on with the payment")
    func view() async throws {
        let harness = try await harness()
        try await harness.deliver(PaymentDeferred(transcriptDetails, payBy: "2026-11-21T10:10:00.000Z"))
        #expect(try await harness.get("/orderInfos/1")["status"] == "payWait")
        try await harness.deliver(PaymentApproved(transcriptDetails, payId: 1))
        #expect(try await harness.get("/orderInfos/1")["status"] == "orderCmplt")
        #expect(try await harness.get("/orders/1")["status"] == "orderCmplt")
    }

    @Test("An order that payment certainly did not charge waits, and is charged when its turn comes")
    func notCharged() async throws {
        payments.whenCharged(.notCharged)
        let harness = try await OrderHarness.open(payments)
        #expect(try await harness.post("/orders", transcriptOrder).status == 202)
        payments.whenCharged(.approved)
        try await harness.line(payments).serve()
        #expect(try await harness.status("a123") == .paid)
        #expect(payments.charged.count == 2 && payments.asked.isEmpty)
        #expect(payments.expiries.last == harness.clock.now + .seconds(2))
        #expect(try await harness.placed() == [OrderPlaced(transcriptDetails)])
        #expect(
            try await harness.number(
                "SELECT count(*) FROM outbox WHERE type = 'OrderPlaced' AND caused_by = 'order.serveLine'") == 1)
    }

    @Test("An order without an answer is not charged again before payment has said that it was not")
    func unknown() async throws {
        payments.whenCharged(.unknown)
        let harness = try await OrderHarness.open(payments)
        #expect(try await harness.post("/orders", transcriptOrder).status == 202)
        payments.whenCharged(.approved)
        harness.clock.advance(seconds: 6)
        let line = harness.line(payments)
        try await line.serve()
        #expect(payments.charged.count == 1)
        payments.whenAsked(.notCharged)
        try await line.reconciler.settleAll()
        #expect(try await harness.status("a123") == .waiting)
        try await line.serve()
        #expect(payments.charged.count == 2)
        #expect(try await harness.status("a123") == .paid)
    }

    @Test("An order without an answer that was charged is placed, and not charged again")
    func charged() async throws {
        payments.whenCharged(.unknown)
        let harness = try await OrderHarness.open(payments)
        _ = try await harness.post("/orders", transcriptOrder)
        payments.whenAsked(.approved)
        harness.clock.advance(seconds: 6)
        try await harness.line(payments).reconciler.settleAll()
        try await harness.line(payments).serve()
        #expect(payments.charged.count == 1)
        #expect(try await harness.placed().count == 1)
        #expect(
            try await harness.number(
                "SELECT count(*) FROM outbox WHERE type = 'OrderPlaced' AND caused_by = 'order.reconcile'") == 1)
    }

    @Test("Who came first is served first, a few at a time, and the others move up")
    func line() async throws {
        let ids = (1...30).map { "o\($0)" }
        let harness = try await harness(ids)
        payments.shutOff(false)
        try await harness.line(payments).serve()
        let charged = payments.charged.map(\.orderId)
        #expect(charged.first == "o1" && Set(charged) == Set(ids) && charged.count == 30)
        let ahead = charged.enumerated().map { abs($0.offset - (ids.firstIndex(of: $0.element) ?? 99)) }.max() ?? 99
        #expect(ahead < 8, "only those that are charged together overtake one another")
        #expect(try await harness.placed().map(\.key) == ids)
    }

    @Test("An order that payment does not take holds up nobody, and the others move up")
    func holdsUpNobody() async throws {
        let harness = try await harness(["a", "b", "c", "d"])
        payments.shutOff(false)
        payments.whenCharged { ["a", "c"].contains($0.orderId) ? .notCharged : .approved }
        try await harness.line(payments).serve()
        #expect(payments.charged.map(\.orderId) == ["a", "b", "c", "d"])
        #expect(try await harness.post("/orders", order("c"))["place"] == 2)
        #expect(try await harness.post("/orders", order("b")).status == 201)
    }

    @Test("The breaker ends a round")
    func breaker() async throws {
        let harness = try await harness(["a", "b", "c"])
        payments.shutOff(false)
        payments.whenCharged { [payments] _ in
            payments.shutOff()
            return .notCharged
        }
        try await harness.line(payments).serve()
        #expect(payments.charged.map(\.orderId) == ["a"])
        payments.whenCharged(.approved)
    }

    @Test("When the room is full an order is refused, nothing of it is stored, and those that wait keep their places")
    func full() async throws {
        let harness = try await harness(["a", "b"], environment: ["WAITING_ROOM": "2"])
        let answer = try await harness.post("/orders", transcriptOrder)
        #expect(answer.status == 503 && answer.header("Retry-After") == "5")
        #expect(try await harness.orderCount() == 2)
        #expect(try await harness.published().count == 2)
        #expect(try await harness.post("/orders", order("b"))["place"] == 2)
        payments.shutOff(false)
        payments.whenCharged(.notCharged)
        #expect(try await harness.post("/orders", transcriptOrder).status == 503)
        #expect(try await harness.orderCount() == 2)
    }

    @Test("A repetition is told where the order stands, and charges nobody")
    func repeated() async throws {
        let harness = try await harness()
        let first = try await harness.post("/orders", transcriptOrder)
        payments.shutOff(false)
        let second = try await harness.post("/orders", transcriptOrder)
        #expect(second.status == 202 && second.json == first.json)
        #expect(payments.charged.isEmpty)
        #expect(try await harness.post("/orders", transcriptOrder.replacing("불정로", with: "정자로")).status == 422)
        try await harness.line(payments).serve()
        let paid = try await harness.post("/orders", transcriptOrder)
        #expect(paid.status == 201 && paid["status"] == "orderCmplt" && paid["place"] == nil)
        #expect(try await harness.published("PaymentDeferred").count == 1)
    }

    @Test("An order that nobody paid in time is given up, and the customer is told")
    func expired() async throws {
        let harness = try await harness(environment: ["PAY_WITHIN_SECONDS": "60"])
        harness.clock.advance(seconds: 59)
        try await harness.runDeadlines()
        #expect(try await harness.status("a123") == .waiting)
        harness.clock.advance(seconds: 1)
        try await harness.runDeadlines()
        payments.shutOff(false)
        try await harness.line(payments).serve()
        #expect(payments.charged.isEmpty, "its time is over")
        let answer = try await harness.get("/orders/1")
        #expect(answer["status"] == "payCxl" && answer["payBy"] == nil && answer.links == ["self", "order"])
        let told: [OrderExpired] = try await harness.published("OrderExpired").map { try $0.decode() }
        #expect(told.map(\.reason) == [answer["reason"]?.text])
        #expect(try await harness.post("/orders", transcriptOrder).status == 402)
        try await harness.deliver(PaymentDeferred(transcriptDetails, payBy: "2026-11-21T10:01:00.000Z"))
        try await harness.deliver(try #require(told.first))
        #expect(try await harness.get("/orderInfos/1")["status"] == "payCxl")
    }

    @Test("An order whose charge has no answer is not given up before that is known", arguments: [true, false])
    func expiredUnknown(isCharged: Bool) async throws {
        payments.whenCharged(.unknown)
        let harness = try await OrderHarness.open(payments)
        _ = try await harness.post("/orders", transcriptOrder)
        harness.clock.advance(seconds: 700)
        for _ in 1...3 {
            try await harness.runDeadlines()
            #expect(try await harness.status("a123") == .waiting)
            harness.clock.advance(seconds: 5)
        }
        payments.whenAsked(isCharged ? .approved : .notCharged)
        try await harness.line(payments).reconciler.settleAll()
        try await harness.runDeadlines()
        #expect(try await harness.status("a123") == (isCharged ? .paid : .expired))
        #expect(
            try await harness.published().map(\.type) == [
                "PaymentDeferred", isCharged ? "OrderPlaced" : "OrderExpired",
            ])
        #expect(try await harness.number("SELECT count(*) FROM deadlines") == 0)
    }

    @Test("A date that jumps takes nobody's turn", arguments: [100_000, -100_000])
    func jump(seconds: Int) async throws {
        let harness = try await harness()
        harness.clock.jump(.seconds(seconds))
        try await harness.runDeadlines()
        payments.shutOff(false)
        try await harness.line(payments).serve()
        #expect(try await harness.status("a123") == .paid)
    }

    @Test("An order whose time is over while a charge has no answer is not charged again, and ends when it was not")
    func overdue() async throws {
        payments.whenCharged(.unknown)
        let harness = try await OrderHarness.open(payments)
        _ = try await harness.post("/orders", transcriptOrder)
        harness.clock.advance(seconds: 600)
        try await harness.runDeadlines()
        payments.whenAsked(.notCharged)
        payments.whenCharged(.approved)
        #expect(try await harness.put("/orders/1/pay").status == 402)
        try await harness.line(payments).serve()
        #expect(payments.charged.count == 1)
        #expect(try await harness.status("a123") == .expired)
        #expect(try await harness.published().map(\.type) == ["PaymentDeferred", "OrderExpired"])
    }

    @Test("An order whose payment cannot be found out does not hold up the line", .timeLimit(.minutes(5)))
    func unreadable() async throws {
        let harness = try await harness(["a"])
        payments.shutOff(false)
        payments.whenCharged { $0.orderId == "b" ? .unknown : .approved }
        _ = try await harness.post("/orders", order("b"))
        try await harness.database.write {
            try $0.execute("UPDATE orders SET cancellation = 'unreadable' WHERE order_id = 'b'")
        }
        harness.clock.advance(seconds: 6)
        let tasks = harness.service.tasks.map { run in Task { await run() } }
        while try await harness.status("a") != .paid { await Task.yield() }
        for task in tasks { task.cancel() }
    }

    enum Beginning: CaseIterable { case shutOff, notCharged, unanswered }

    @Test("An answer has the tag of what it shows, and a command may name it", arguments: Beginning.allCases)
    func tags(_ beginning: Beginning) async throws {
        if beginning == .shutOff { payments.shutOff() }
        payments.whenCharged(beginning == .notCharged ? .notCharged : .unknown)
        let harness = try await OrderHarness.open(payments)
        let waiting = try await harness.post("/orders", transcriptOrder)
        let tag = try #require(waiting.header("ETag"))
        #expect(waiting.status == 202)
        #expect(try await harness.get("/orders/1").header("ETag") == tag)
        payments.shutOff(false)
        payments.whenCharged(.approved)
        payments.whenAsked(.notCharged)
        harness.clock.advance(seconds: 6)
        #expect(try await harness.put("/orders/1/pay", headers: [("If-Match", tag)]).status == 200)
        #expect(try await harness.put("/orders/1/pay", headers: [("If-Match", tag)]).status == 412)
        let paid = try await harness.post("/orders", transcriptOrder)
        #expect(paid.status == 201)
        let headers = [("If-Match", try #require(paid.header("ETag")))]
        #expect(try await harness.send("DELETE", "/orders/1", headers: headers).status == 202)
        #expect(try await harness.send("DELETE", "/orders/1", headers: headers).status == 412)
    }

    @Test("A card that is refused after the wait ends the order, and the others are told")
    func declined() async throws {
        let harness = try await harness()
        payments.shutOff(false)
        payments.whenCharged(.declined(reason: "한도 초과"))
        try await harness.line(payments).serve()
        #expect(try await harness.status("a123") == .declined)
        #expect(
            try await harness.published("OrderExpired").map { try $0.decode() } == [
                OrderExpired(orderId: "a123", reason: "한도 초과")
            ])
        #expect(try await harness.post("/orders", transcriptOrder).status == 402)
    }

    @Test("The customer may give up the wait, at once when certainly nobody was charged")
    func canceled() async throws {
        let harness = try await harness()
        for _ in 1...2 {
            let answer = try await harness.send("DELETE", "/orders/1", #"{"reason":"배고파요"}"#)
            #expect(answer.status == 204 && answer.body.isEmpty)
        }
        #expect(
            try await harness.published("OrderExpired").map { try $0.decode() } == [
                OrderExpired(orderId: "a123", reason: "배고파요")
            ])
        payments.shutOff(false)
        try await harness.line(payments).serve()
        #expect(payments.charged.isEmpty)
    }

    /// An order whose charge has no answer, and which its customer gives up.
    private func givenUpUnclear() async throws -> OrderHarness {
        let harness = try await harness([])
        payments.shutOff(false)
        payments.whenCharged(.unknown)
        _ = try await harness.post("/orders", order("b"))
        for _ in 1...2 {
            let answer = try await harness.send("DELETE", "/orders/1", #"{"reason":"배고파요"}"#)
            #expect(answer.status == 202 && answer.links.contains("cancel") == false)
        }
        #expect(try await harness.status("b") == .waiting)
        return harness
    }

    @Test(
        "Given up while nobody knows whether it was charged, it ends as soon as that is known, and is never charged again"
    )
    func givenUpNotCharged() async throws {
        let harness = try await givenUpUnclear()
        let asked = payments.charged.count
        harness.clock.advance(seconds: 6)
        try await harness.line(payments).serve()
        payments.whenAsked(.notCharged)
        try await harness.reconciler(payments).settleAll()
        try await harness.line(payments).serve()
        #expect(payments.charged.count == asked)
        #expect(
            try await harness.published("OrderExpired").map { try $0.decode() } == [
                OrderExpired(orderId: "b", reason: "배고파요")
            ])
    }

    @Test("Given up and charged all the same, it is placed, and the store is asked to cancel it")
    func givenUpCharged() async throws {
        let harness = try await givenUpUnclear()
        harness.clock.advance(seconds: 6)
        payments.whenAsked(.approved)
        try await harness.reconciler(payments).settleAll()
        #expect(try await harness.status("b") == .paid)
        #expect(try await harness.get("/orders/1")["status"] == "orderCxlReq")
        try await harness.runDeadlines()
        #expect(
            try await harness.published("OrderCancelRequested").map { try $0.decode() } == [
                OrderCancelRequested(orderId: "b", reason: "배고파요")
            ])
    }

    @Test("Money that was taken all the same lets an order stand that was given up")
    func paidAfterAll() async throws {
        let harness = try await harness()
        _ = try await harness.send("DELETE", "/orders/1")
        try await harness.deliver(PaymentApproved(transcriptDetails, payId: 1))
        #expect(try await harness.status("a123") == .paid)
        #expect(try await harness.placed().count == 1)
        #expect(try await harness.get("/orders/1")["reason"] == nil)
        try await harness.runDeadlines()
        #expect(
            try await harness.published("OrderCancelRequested").count == 1, "its customer does not want it any more")
    }

    @Test("The runner does all this by itself, and tells how many wait and for how long", .timeLimit(.minutes(5)))
    func runner() async throws {
        let harness = try await harness(["a", "b"])
        harness.clock.advance(seconds: 30)
        let tasks = harness.service.tasks.map { run in Task { await run() } }
        while !harness.metrics.render().contains("waiting_oldest_seconds 30\n") { await Task.yield() }
        #expect(harness.metrics.render().contains("waiting_orders 2\n"))
        payments.shutOff(false)
        while !harness.metrics.render().contains("waiting_orders 0\n") { await Task.yield() }
        for task in tasks { task.cancel() }
        #expect(try await harness.placed().map(\.key) == ["a", "b"])
        #expect(harness.metrics.render().contains("waiting_oldest_seconds 0\n"))
    }
}

@Suite("A customer who waits tries to pay now") struct PayNowTests {
    let payments = PaymentsDouble()

    private func harness() async throws -> OrderHarness {
        payments.shutOff()
        let harness = try await OrderHarness.open(payments)
        _ = try await harness.post("/orders", transcriptOrder)
        return harness
    }

    @Test("When payment is there again the order is placed")
    func paid() async throws {
        let harness = try await harness()
        payments.shutOff(false)
        let answer = try await harness.put("/orders/1/pay")
        #expect(answer.status == 200 && answer["status"] == "orderCmplt")
        #expect(try await harness.put("/orders/1/pay").status == 409)
        #expect(payments.charged.count == 1)
        #expect(try await harness.placed().count == 1)
    }

    @Test("While payment is away the order waits on, and is told its place")
    func away() async throws {
        let harness = try await harness()
        #expect(try await harness.put("/orders/1/pay").status == 202)
        #expect(payments.charged.isEmpty)
        payments.shutOff(false)
        for charge in [Charge.notCharged, .unknown] {
            payments.whenCharged(charge)
            let answer = try await harness.put("/orders/1/pay")
            #expect(answer.status == 202 && answer["place"] == 1 && answer.header("Retry-After") == "5")
        }
        #expect(payments.charged.count == 2)
        #expect(try await harness.put("/orders/1/pay").status == 202)
        #expect(payments.charged.count == 2, "the last charge may still happen")
        harness.clock.advance(seconds: 6)
        #expect(try await harness.put("/orders/1/pay").status == 202)
        #expect(payments.asked == ["a123"] && payments.charged.count == 2, "nobody knows")
        payments.whenAsked(.notCharged)
        payments.whenCharged(.approved)
        #expect(try await harness.put("/orders/1/pay").status == 200)
        #expect(payments.charged.count == 3)
    }

    @Test("A card that is refused ends the order")
    func declined() async throws {
        let harness = try await harness()
        payments.shutOff(false)
        payments.whenCharged(.declined(reason: "한도 초과"))
        let answer = try await harness.put("/orders/1/pay")
        #expect(answer.status == 402 && answer["detail"] == "한도 초과")
        #expect(try await harness.published("OrderExpired").count == 1)
    }

    @Test("Wrong requests change nothing")
    func wrong() async throws {
        let harness = try await harness()
        payments.shutOff(false)
        #expect(try await harness.put("/orders/9/pay").status == 404)
        #expect(try await harness.put("/orders/x/pay").status == 404)
        #expect(try await harness.put("/orders/1/pay", headers: [("If-Match", #""7""#)]).status == 412)
        #expect(try await harness.get("/orders/1/pay").status == 405)
        #expect(try await harness.put("/orders/1/confirm").status == 409)
        #expect(try await harness.send("DELETE", "/orders/1", #"{"reason":7}"#).status == 422)
        #expect(try await harness.send("DELETE", "/orders/1", headers: [("If-Match", #""7""#)]).status == 412)
        #expect(payments.charged.isEmpty)
        #expect(try await harness.status("a123") == .waiting)
        harness.clock.advance(seconds: 601)
        try await harness.runDeadlines()
        #expect(try await harness.put("/orders/1/pay").status == 409)
        #expect(payments.charged.isEmpty, "its time is over")
    }
}
