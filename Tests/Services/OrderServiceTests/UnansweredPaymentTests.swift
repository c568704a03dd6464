import Contracts
import FreshDatabase
import Messaging
import Persistence
import ServiceKit
import ServiceTestSupport
import SharedKernel
import Testing
import Time

@testable import OrderService

@Suite("A payment whose answer got lost, while nobody can wait for it")
struct UnansweredPaymentTests {
    let payments = PaymentsDouble()

    /// Nobody can wait, so the customer is told to come again.
    static let full = ["WAITING_ROOM": "0"]

    private func unanswered() async throws -> OrderHarness {
        payments.whenCharged(.unknown)
        let harness = try await OrderHarness.open(payments, environment: Self.full)
        let answer = try await harness.post("/orders", transcriptOrder)
        #expect(answer.status == 503)
        #expect(answer.header("Retry-After") == "5")
        return harness
    }

    @Test("The order waits, and nobody is told")
    func waits() async throws {
        let harness = try await unanswered()
        #expect(try await harness.get("/orders/1")["status"] == "payWait")
        #expect(try await harness.published().isEmpty)
    }

    @Test("The customer is not told that nothing was ordered")
    func isHonest() async throws {
        payments.whenCharged(.unknown)
        let harness = try await OrderHarness.open(payments, environment: Self.full)
        let unanswered = try await harness.post("/orders", transcriptOrder)
        payments.whenCharged(.notCharged)
        let refused = try await harness.post("/orders", transcriptOrder.replacing("a123", with: "b123"))
        #expect(unanswered["detail"] != refused["detail"])
        #expect(unanswered["orderId"] == "a123", "so that the customer can ask again")
    }

    @Test("It is left alone while payment may still be charging")
    func tooEarly() async throws {
        let harness = try await unanswered()
        harness.clock.advance(Reconciler.settlesAfter)
        try await harness.reconciler(payments).settleAll()
        #expect(payments.asked.isEmpty)
        #expect(try await harness.status("a123") == .pending)
    }

    @Test("A charged one is placed and told to the others once")
    func approved() async throws {
        let harness = try await unanswered()
        payments.whenAsked(.approved)
        harness.clock.advance(seconds: 6)
        for _ in 1...2 { try await harness.reconciler(payments).settleAll() }
        #expect(payments.asked == ["a123"])
        #expect(try await harness.status("a123") == .paid)
        #expect(try await harness.placed().count == 1)
        #expect(try await harness.post("/orders", transcriptOrder).status == 201)
    }

    @Test("A declined one ends, and its repetition is told why")
    func declined() async throws {
        let harness = try await unanswered()
        payments.whenAsked(.declined(reason: "한도 초과"))
        harness.clock.advance(seconds: 6)
        try await harness.reconciler(payments).settleAll()
        #expect(try await harness.status("a123") == .declined)
        let answer = try await harness.post("/orders", transcriptOrder)
        #expect(answer.status == 402)
        #expect(answer["detail"] == "한도 초과")
        #expect(try await harness.published().isEmpty)
    }

    @Test("One that was not charged is removed")
    func notCharged() async throws {
        let harness = try await unanswered()
        payments.whenAsked(.notCharged)
        harness.clock.advance(seconds: 6)
        try await harness.reconciler(payments).settleAll()
        #expect(try await harness.orderCount() == 0)
        #expect(try await harness.published().isEmpty)
    }

    @Test("It waits on while payment gives no answer, and the others do not wait for it")
    func silence() async throws {
        let harness = try await unanswered()
        harness.clock.advance(seconds: 1)
        _ = try await harness.post("/orders", transcriptOrder.replacing("a123", with: "b123"))
        payments.whenAsked { $0 == "a123" ? .unknown : .approved }
        harness.clock.advance(seconds: 6)
        try await harness.reconciler(payments).settleAll()
        #expect(payments.asked == ["a123", "b123"])
        #expect(try await harness.status("a123") == .pending)
        #expect(try await harness.status("b123") == .paid)
    }

    @Test("However many payment gives no answer to, those behind them are looked at")
    func manyInSilence() async throws {
        payments.whenCharged(.unknown)
        let harness = try await OrderHarness.open(payments, environment: Self.full)
        let ids = (1...205).map { "o\($0)" }
        for id in ids { _ = try await harness.post("/orders", transcriptOrder.replacing("a123", with: id)) }
        payments.whenAsked { $0 == "o205" ? .approved : .unknown }
        harness.clock.advance(seconds: 6)
        try await harness.reconciler(payments).settleAll()
        #expect(payments.asked == ids)
        #expect(try await harness.status("o205") == .paid)
    }

    @Test("One that cannot be settled does not hold up the others", .enabled(if: FreshDatabase.isSQLite))
    func broken() async throws {
        let harness = try await unanswered()
        _ = try await harness.post("/orders", transcriptOrder.replacing("a123", with: "b123"))
        try await harness.database.write {
            try $0.execute(
                """
                CREATE TRIGGER broken BEFORE UPDATE ON orders WHEN NEW.order_id = 'a123'
                BEGIN SELECT RAISE(ABORT, 'broken'); END
                """)
        }
        payments.whenAsked(.approved)
        harness.clock.advance(seconds: 6)
        try await harness.reconciler(payments).settleAll()
        #expect(try await harness.status("a123") == .pending)
        #expect(try await harness.status("b123") == .paid)
    }

    @Test("It is found out also while the breaker is open")
    func shutOff() async throws {
        let harness = try await unanswered()
        payments.shutOff()
        payments.whenAsked(.approved)
        harness.clock.advance(seconds: 6)
        try await harness.reconciler(payments).settleAll()
        #expect(try await harness.status("a123") == .paid)
    }

    @Test("Its customer may give it up before that is known", arguments: [true, false])
    func givenUp(isCharged: Bool) async throws {
        let harness = try await unanswered()
        for _ in 1...2 { #expect(try await harness.send("DELETE", "/orders/1").status == 202) }
        payments.whenAsked(isCharged ? .approved : .notCharged)
        harness.clock.advance(seconds: 6)
        try await harness.reconciler(payments).settleAll()
        try await harness.runDeadlines()
        #expect(try await harness.status("a123") == (isCharged ? .paid : nil))
        #expect(try await harness.published("OrderCancelRequested").count == (isCharged ? 1 : 0))
    }

    @Test("All that wait are settled in one round, oldest first")
    func many() async throws {
        let harness = try await unanswered()
        harness.clock.advance(seconds: 1)
        _ = try await harness.post("/orders", transcriptOrder.replacing("a123", with: "b123"))
        payments.whenAsked { $0 == "a123" ? .approved : .notCharged }
        harness.clock.advance(seconds: 6)
        try await harness.reconciler(payments).settleAll()
        #expect(payments.asked == ["a123", "b123"])
        #expect(try await harness.status("a123") == .paid)
        #expect(try await harness.status("b123") == nil)
    }

    @Test("A repetition within three seconds waits, a later one asks payment again")
    func askedAgain() async throws {
        let harness = try await unanswered()
        payments.whenCharged(.approved)
        #expect(try await harness.post("/orders", transcriptOrder).status == 409)
        harness.clock.advance(milliseconds: 3_001)
        #expect(try await harness.post("/orders", transcriptOrder).status == 201)
        #expect(payments.charged.count == 2)
        #expect(payments.expiries.last == harness.clock.now + .seconds(2))
        #expect(try await harness.placed().count == 1)
    }

    @Test("When the second attempt gets no answer either, the wait begins anew")
    func askedAgainUnanswered() async throws {
        let harness = try await unanswered()
        harness.clock.advance(milliseconds: 3_001)
        #expect(try await harness.post("/orders", transcriptOrder).status == 503)
        #expect(try await harness.post("/orders", transcriptOrder).status == 409)
        harness.clock.advance(Reconciler.settlesAfter)
        try await harness.reconciler(payments).settleAll()
        #expect(payments.asked.isEmpty, "payment may still be charging")
        #expect(payments.charged.count == 2)
    }

    @Test("A repetition that payment certainly did not charge says nothing of the first attempt")
    func askedAgainInVain() async throws {
        let harness = try await unanswered()
        payments.whenCharged(.notCharged)
        harness.clock.advance(milliseconds: 3_001)
        #expect(try await harness.post("/orders", transcriptOrder).status == 503)
        #expect(try await harness.status("a123") == .pending, "the first attempt may have been charged")
        payments.whenAsked(.approved)
        harness.clock.advance(seconds: 6)
        try await harness.reconciler(payments).settleAll()
        #expect(try await harness.status("a123") == .paid)
        #expect(try await harness.placed().count == 1)
    }

    @Test("A repetition while the breaker is open changes nothing")
    func askedAgainShutOff() async throws {
        let harness = try await unanswered()
        payments.shutOff()
        harness.clock.advance(milliseconds: 3_001)
        let answer = try await harness.post("/orders", transcriptOrder)
        #expect(answer.status == 503)
        #expect(answer["orderId"] == "a123", "the first attempt may have charged: unanswered, not unavailable")
        #expect(answer["detail"]?.text?.contains("접수되지 않았") == false)
        #expect(payments.charged.count == 1)
        #expect(try await harness.status("a123") == .pending)
    }

    @Test("An order that is being paid again meanwhile is not removed")
    func askedAgainDuringInquiry() async throws {
        let harness = try await unanswered()
        harness.clock.advance(seconds: 6)
        try await harness.database.write { transaction in
            let first = try #require(try Orders.all.find("a123", in: transaction))
            _ = try Orders.askAgain(first, in: transaction)
            try Orders.release(first, in: transaction)
        }
        #expect(try await harness.status("a123") == .pending)
    }

    @Test("A crash before the answer is repaired after the restart", .timeLimit(.minutes(5)))
    func crash() async throws {
        let gate = Gate()
        payments.whenCharged { _ in
            await gate.pass()
            return .unknown
        }
        let harness = try await OrderHarness.open(payments)
        async let lost = harness.post("/orders", transcriptOrder)
        await gate.arrived()  // From here on the first process is as good as dead: its request never goes on.
        let payments = PaymentsDouble()
        payments.whenAsked(.approved)
        let restarted = try await harness.restarted(payments)
        harness.clock.advance(seconds: 6)
        let tasks = restarted.service.tasks.map { run in Task { await run() } }
        while try await restarted.status("a123") != .paid { await Task.yield() }
        for task in tasks { task.cancel() }
        #expect(try await restarted.placed() == [OrderPlaced(transcriptDetails)])
        #expect(try await restarted.post("/orders", transcriptOrder).status == 201)
        #expect(payments.charged.isEmpty)
        await gate.open()
        _ = try await lost
    }

    @Test("PaymentApproved places it, without the answer")
    func eventWithoutAnswer() async throws {
        let harness = try await unanswered()
        try await harness.deliver(PaymentApproved(transcriptDetails, payId: 1))
        #expect(try await harness.status("a123") == .paid)
        payments.whenAsked(.approved)
        harness.clock.advance(seconds: 6)
        try await harness.reconciler(payments).settleAll()
        #expect(payments.asked.isEmpty)
        #expect(try await harness.placed().count == 1)
        #expect(try await harness.post("/orders", transcriptOrder).status == 201)
    }

    @Test("A payment for something else under the order's id does not pay the order: it is a dead letter")
    func otherPayment() async throws {
        let harness = try await unanswered()
        var cheap = transcriptDetails
        cheap.totPrice = 1
        try await harness.deliver(PaymentApproved(cheap, payId: 1))
        #expect(try await harness.status("a123") == .pending)
        #expect(try await harness.placed().isEmpty)
        #expect(try await harness.published("DeadLetter").count == 1)
    }

    @Test("PaymentApproved that is faster than the answer places it once")
    func eventBeforeAnswer() async throws {
        let harness = try await OrderHarness.open(payments)
        payments.whenCharged { details in
            do { try await harness.deliver(PaymentApproved(details, payId: 1)) } catch { Issue.record(error) }
            return .approved
        }
        let answer = try await harness.post("/orders", transcriptOrder)
        #expect(answer.status == 201)
        #expect(answer["status"] == "orderCmplt")
        #expect(try await harness.placed().count == 1)
        payments.whenCharged { _ in .approved }  // Lets go of the harness, which holds the payments.
    }

    @Test("PaymentApproved after the answer changes nothing, however often it comes")
    func eventAfterAnswer() async throws {
        let harness = try await OrderHarness.open(payments)
        _ = try await harness.post("/orders", transcriptOrder)
        try await harness.deliver(PaymentApproved(transcriptDetails, payId: 1), id: "e1")
        try await harness.deliver(PaymentApproved(transcriptDetails, payId: 1), id: "e1")
        try await harness.deliver(PaymentApproved(transcriptDetails, payId: 1), id: "e2")
        #expect(try await harness.placed().count == 1)
        #expect(try await harness.orderCount() == 1)
    }

    @Test("PaymentApproved for an order that is not there brings it into being")
    func eventOfStrangers() async throws {
        let harness = try await OrderHarness.open(payments)
        try await harness.deliver(PaymentApproved(transcriptDetails, payId: 1))
        #expect(try await harness.status("a123") == .paid)
        #expect(try await harness.placed() == [OrderPlaced(transcriptDetails)])
    }
}
