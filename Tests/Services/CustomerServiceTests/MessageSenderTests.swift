import Contracts
import Events
import FreshDatabase
import Persistence
import ServiceTestSupport
import Telemetry
import Testing
import Time

@testable import CustomerService

@Suite("Sending messages", .timeLimit(.minutes(5)))
struct MessageSenderTests {
    private func limits(perSecond: Int = 50, waiting: Int = 100, age: Duration = .seconds(3_600))
        -> MessageSender.Limits
    {
        MessageSender.Limits(perSecond: perSecond, waiting: waiting, age: age)
    }

    private func outcome(_ name: String, _ harness: MessageHarness) -> Int {
        harness.metrics.counter("messages_total", ["outcome": name]).value
    }

    @Test("No more goes out than the rate allows; what was not used is saved up for a second")
    func rate() {
        var rate = RateLimit(perSecond: 50)
        func time(_ milliseconds: Int) -> Timestamp { Timestamp(milliseconds: milliseconds) }
        #expect(rate.available(at: time(0)) == 1)
        rate.use(1)
        #expect(rate.available(at: time(10)) == 0)
        #expect(rate.available(at: time(100)) == 5)
        rate.use(5)
        #expect(rate.available(at: time(60_000)) == 50)
        rate.use(50)
        #expect(rate.available(at: time(0)) == 0)
        #expect(rate.available(at: time(1_000)) == 50)
    }

    @Test("What happened first is sent first, and of an order one at a time")
    func order() async throws {
        let notifier = NotifierDouble()
        let harness = try await MessageHarness.open([notifier])
        try await harness.service.sender.sendDue()
        harness.clock.advance(seconds: 1)
        let later = try harness.record(OrderPlaced(details("b")))
        harness.clock.advance(seconds: -1)
        try await harness.deliver([later])
        try await harness.deliver(OrderPlaced(orderDetails))
        try await harness.deliver(CookStarted(orderId: "a123"))
        harness.clock.advance(seconds: 10)
        try await harness.service.sender.sendDue()
        #expect(notifier.sent.map(\.notice) == [.orderPlaced, .orderPlaced])
        harness.clock.advance(seconds: 1)
        try await harness.service.sender.sendDue()
        #expect(notifier.sent.dropFirst(2).map(\.notice) == [.cookStarted])
    }

    @Test("What waits for another attempt holds back what happened to its order since, and no other order")
    func notOvertaken() async throws {
        let notifier = NotifierDouble { message in
            message.notice == .cookFinished && message.attempts < 3 ? .failed("no answer") : .sent
        }
        let harness = try await MessageHarness.open([notifier])
        try await harness.deliver(PaymentApproved(orderDetails, payId: 1))
        try await harness.deliver(CookFinished(orderId: "a123"))
        try await harness.service.sender.sendDue()
        try await harness.deliver(Picked(orderId: "a123", riderId: 7))
        try await harness.deliver(OrderPlaced(details("b")))
        try await harness.sendAll()
        let told = notifier.sent.filter { $0.orderId == "a123" }.map(\.notice)
        #expect(told == [.cookFinished, .cookFinished, .cookFinished, .picked])
        #expect(notifier.sent.prefix(3).contains { $0.orderId == "b" })
    }

    @Test("What goes out by the next channel keeps its place, also among what happened at the same moment")
    func fallbackKeepsPlace() async throws {
        let talk = NotifierDouble(.alimtalk) { $0.notice == .cookFinished ? .refused("no talk") : .sent }
        let sms = NotifierDouble(.sms) { _ in .failed("no answer") }
        let harness = try await MessageHarness.open([talk, sms])
        try await harness.deliver(PaymentApproved(orderDetails, payId: 1))
        try await harness.deliver(CookFinished(orderId: "a123"))
        try await harness.deliver(Picked(orderId: "a123", riderId: 7))
        for _ in 1...60 {
            try await harness.service.sender.sendDue()
            harness.clock.advance(seconds: 1)
        }
        #expect(talk.sent.map(\.notice) == [.cookFinished])
        #expect(sms.sent.count > 1)
        try await harness.sendAll(atMost: 400)
        #expect(talk.sent.map(\.notice) == [.cookFinished, .picked])
    }

    @Test("A channel that gives no answer is asked again, ever more rarely, and given up in the end")
    func retry() async throws {
        let notifier = NotifierDouble { _ in .failed("no answer") }
        let harness = try await MessageHarness.open([notifier])
        try await harness.deliver(OrderPlaced(orderDetails))
        var attempts: [Int] = []
        for second in 0...300 {
            let before = notifier.sent.count
            try await harness.service.sender.sendDue()
            if notifier.sent.count > before { attempts.append(second) }
            harness.clock.advance(seconds: 1)
        }
        #expect(attempts == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243])
        let message = try #require(try await harness.messages().first)
        #expect(message["status"] == "failed")
        #expect(message["attempts"] == 10)
        #expect(message["reason"] == "no answer")
        #expect(outcome("retrying", harness) == 9)
        #expect(outcome("failed", harness) == 1)
    }

    @Test("What one channel refuses, or gives no answer to in the end, goes out by the next", arguments: [true, false])
    func fallback(isRefused: Bool) async throws {
        let talk = NotifierDouble(.alimtalk) { _ in isRefused ? .refused("no talk") : .failed("no answer") }
        let sms = NotifierDouble(.sms)
        let harness = try await MessageHarness.open([talk, sms])
        try await harness.deliver(OrderPlaced(orderDetails))
        try await harness.sendAll(atMost: 400)
        #expect(talk.sent.count == (isRefused ? 1 : 10))
        #expect(sms.sent.map(\.text) == talk.sent.prefix(1).map(\.text))
        let messages = try await harness.messages()
        #expect(messages.compactMap { $0["channel"]?.text } == ["alimtalk", "sms"])
        #expect(try await harness.statuses() == ["failed", "sent"])
        #expect(messages.last?["sentAt"] != nil)
    }

    @Test("What the last channel refuses has failed")
    func refused() async throws {
        let channels = [NotifierDouble(.alimtalk) { _ in .refused("1") }, NotifierDouble(.sms) { _ in .refused("2") }]
        let harness = try await MessageHarness.open(channels)
        try await harness.deliver(OrderPlaced(orderDetails))
        try await harness.sendAll()
        #expect(try await harness.statuses() == ["failed", "failed"])
        #expect(try await harness.messages().compactMap { $0["reason"]?.text } == ["1", "2"])
    }

    @Test("What waits for a channel that is not set up any more goes out by the one that is")
    func otherChannel() async throws {
        let before = try await MessageHarness.open([NotifierDouble(.console)])
        try await before.deliver(OrderPlaced(orderDetails))
        let talk = NotifierDouble(.alimtalk)
        let harness = try await MessageHarness.open([talk, NotifierDouble(.sms)], on: before)
        try await harness.sendAll()
        #expect(try await harness.statuses() == ["failed", "sent"])
        #expect(talk.sent.count == 1)
    }

    @Test("A process that ends before it has stored the answer asks again after a pause, not at once")
    func crash() async throws {
        let gate = Gate()
        let first = NotifierDouble { _ in
            await gate.pass()
            return .sent
        }
        let harness = try await MessageHarness.open([first])
        try await harness.deliver(OrderPlaced(orderDetails))
        let round = Task { try await harness.service.sender.sendDue() }
        await gate.arrived()
        let second = NotifierDouble()
        let restarted = try await MessageHarness.open([second], on: harness)
        try await restarted.service.sender.sendDue()
        #expect(second.sent.isEmpty)
        harness.clock.advance(seconds: 1)
        try await restarted.service.sender.sendDue()
        #expect(second.sent.count == 1)
        #expect(try await harness.statuses() == ["sent"])
        await gate.open()
        // The one that was thought dead cannot store its answer over the other's.
        await #expect(throws: (any Error).self) { try await round.value }
        #expect(try await harness.statuses() == ["sent"])
    }

    @Test("What happened too long ago is not told, whether it has waited or came so late")
    func old() async throws {
        let notifier = NotifierDouble()
        let harness = try await MessageHarness.open([notifier], limits: limits(age: .seconds(60)))
        let records = try (1...700).map { try harness.record(OrderPlaced(details("o\($0)"))) }
        harness.clock.advance(seconds: 61)
        try await harness.deliver(records)
        try await harness.deliver(OrderPlaced(details("new")))
        try await harness.sendAll()
        #expect(notifier.sent.compactMap(\.orderId) == ["new"])
        #expect(outcome("expired", harness) == 700)
        #expect(try await harness.messages().filter { $0["status"] == "shed" }.count == 700)
    }

    @Test("Of what can be spared the oldest is shed, and no more than is over the bound")
    func oldestFirst() async throws {
        let harness = try await MessageHarness.open([NotifierDouble()], limits: limits(perSecond: 1, waiting: 3))
        for step in [0, 1, 3] { for id in ["a", "b"] { try await harness.deliver([floodRecord(step, id, harness)]) } }
        try await harness.service.sender.sendDue()
        #expect(try await harness.statuses() == ["shed", "shed", "shed", "sent", "queued", "queued"])
    }

    @Test("A flood is cut to the bound, oldest status first; every order's last status is sent, and nothing twice")
    func flood() async throws {
        let notifier = NotifierDouble()
        let harness = try await MessageHarness.open([notifier], limits: limits(waiting: 120))
        // 100 orders, 10 statuses each, 1000 changes a second.
        var sentInFlood = 0
        for step in 0..<10 {
            var records: [EventRecord] = []
            for number in 0..<100 { records.append(try floodRecord(step, "o\(number)", harness)) }
            try await harness.deliver(records)
            harness.clock.advance(milliseconds: 100)
            try await harness.service.sender.sendDue()
            #expect(try await harness.number("SELECT count(*) FROM messages WHERE due_at IS NOT NULL") <= 120)
            sentInFlood = notifier.sent.count
        }
        #expect(sentInFlood <= 51)
        try await harness.sendAll()
        #expect(Set(notifier.sent.map(\.eventId)).count == notifier.sent.count)
        let last = notifier.sent.filter { $0.notice == .deliveryFinished }.compactMap(\.orderId)
        #expect(Set(last).count == 100 && last.count == 100)
        #expect(try await harness.number("SELECT count(*) FROM messages") == 1000)
        #expect(outcome("shed", harness) == 1000 - notifier.sent.count)
        #expect(outcome("shed", harness) > 800)
        #expect(outcome("sent", harness) == notifier.sent.count)
        // Whatever was shed had happened before what was sent of its order at the end.
        #expect(
            try await harness.number(
                "SELECT count(*) FROM messages WHERE status = 'shed' AND notice = 'DeliveryFinished'") == 0)
    }

    private func floodRecord(_ step: Int, _ id: String, _ harness: MessageHarness) throws -> EventRecord {
        func record(_ event: some Event) throws -> EventRecord { try harness.record(event) }
        let events: [any Event] = [
            OrderPlaced(details(id)),
            OrderAccepted(orderId: id, storeId: 1, cmpltTime: "2026-11-21T11:00:00Z", storeLat: 37, storeLon: 127),
            CookDelayed(orderId: id, cmpltTime: "2026-11-21T11:10:00Z", version: 2),
            CookStarted(orderId: id), CookDelayed(orderId: id, cmpltTime: "2026-11-21T11:20:00Z", version: 4),
            CookFinished(orderId: id),
            RiderAssigned(orderId: id, riderId: 1, riderName: "r", riderTel: "1", distance: 1, version: 1),
            Picked(orderId: id, riderId: 1),
            Delivered(orderId: id, riderId: 1, deliveredAt: "2026-11-21T11:00:00Z"),
            DeliveryFinished(orderId: id, custId: "hkh9405", storeId: 1, totPrice: 18_000),
        ]
        return try record(events[step])
    }

    @Test("Where every message is an order's last, none is shed, however many wait")
    func lastStatuses() async throws {
        let notifier = NotifierDouble()
        let harness = try await MessageHarness.open([notifier], limits: limits(perSecond: 1_000, waiting: 10))
        try await harness.deliver((0..<100).map { try harness.record(OrderPlaced(details("o\($0)"))) })
        try await harness.sendAll()
        #expect(notifier.sent.count == 100)
    }

    @Test("News that comes late is what can be spared, not the status that came before it")
    func late() async throws {
        let notifier = NotifierDouble()
        let harness = try await MessageHarness.open([notifier], limits: limits(waiting: 1))
        try await harness.deliver(PaymentApproved(orderDetails, payId: 1))
        try await harness.deliver(CookFinished(orderId: "a123"))
        try await harness.deliver(CookStarted(orderId: "a123"))
        try await harness.sendAll()
        #expect(notifier.sent.map(\.notice) == [.cookFinished])
        #expect(try await harness.statuses() == ["sent", "shed"])
    }

    @Test("A message that went on to another channel is spared for a newer one like any other")
    func supersededFallback() async throws {
        let talk = NotifierDouble(.alimtalk) { $0.notice == .orderPlaced ? .refused("no talk") : .sent }
        let sms = NotifierDouble(.sms) { _ in .failed("no answer") }
        let harness = try await MessageHarness.open([talk, sms], limits: limits(waiting: 1))
        try await harness.deliver(OrderPlaced(orderDetails))
        try await harness.service.sender.sendDue()
        try await harness.deliver(OrderRejected(orderId: "a123", reason: "재료 소진"))
        try await harness.sendAll()
        #expect(try await harness.statuses() == ["failed", "shed", "sent"])
    }

    @Test("While the database cannot be written, nothing is sent", .enabled(if: FreshDatabase.isSQLite))
    func noDatabase() async throws {
        let notifier = NotifierDouble()
        let harness = try await MessageHarness.open([notifier])
        try await harness.deliver(OrderPlaced(orderDetails))
        try await harness.database.write { transaction in
            try transaction.execute(
                "CREATE TRIGGER full BEFORE UPDATE ON messages BEGIN SELECT RAISE(ABORT, 'full'); END")
        }
        await #expect(throws: (any Error).self) { try await harness.service.sender.sendDue() }
        #expect(notifier.sent.isEmpty)
    }
}
