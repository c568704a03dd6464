import Contracts
import Messaging
import ServiceTestSupport
import Synchronization
import Telemetry
import Testing

@testable import PaymentService

@Suite("A provider outside that loses answers, and a process that ends between two steps", .timeLimit(.minutes(5)))
struct SettlerTests {
    private let rejected = OrderRejected(orderId: "a123", reason: "재료 소진")

    @Test("A charge is on record before the provider is asked, and is never taken for one that is not there")
    func pending() async throws {
        let gate = Gate()
        let harness = try await PaymentHarness.with(ProviderDouble(gate: gate))
        let charge = Task { try await harness.post("/pays", payBody()) }
        await gate.arrived()
        #expect(try await harness.status() == "payReq")
        #expect(try await harness.published().isEmpty)
        #expect(try await harness.ledger().isEmpty)
        let again = try await harness.post("/pays", payBody())
        #expect(again.status == 503)
        #expect(again.header("Retry-After") != nil)
        #expect(try await harness.put("/pays/1/cancel").status == 409)
        await gate.open()
        #expect(try await charge.value.status == 201)
        #expect(try await harness.status() == "approved")
    }

    @Test("Two charges under one key at once are both settled")
    func oneKey() async throws {
        let gate = Gate()
        let harness = try await PaymentHarness.with(ProviderDouble(gate: gate))
        let charges = ["a", "b"].map { id in
            Task { try await harness.post("/pays", payBody(id), headers: [("Idempotency-Key", "k")]) }
        }
        await gate.arrived(2)
        await gate.open()
        for charge in charges { #expect(try await charge.value.status == 201) }
        #expect(try await harness.ledger() == ["charge 18000", "charge 18000"])
    }

    @Test(
        "When the answer gets lost the charge is looked up", arguments: [(18_000, "approved"), (30_000, "payDecline")])
    func lost(_ price: Int, _ end: String) async throws {
        let provider = ProviderDouble()
        provider.change { $0.losesAnswers = true }
        let harness = try await PaymentHarness.with(provider)
        let answer = try await harness.post("/pays", payBody(price: price))
        #expect(answer.status == 503)
        try await harness.settle(seconds: 10)
        #expect(try await harness.status() == "payReq")
        provider.change { $0.losesAnswers = false }
        try await harness.settle()
        #expect(try await harness.status() == end)
        #expect(try await harness.ledger() == (end == "approved" ? ["charge 18000"] : []))
        #expect(try await harness.published().map(\.type) == (end == "approved" ? ["PaymentApproved"] : []))
        #expect(try await harness.post("/pays", payBody(price: price)).status == (end == "approved" ? 201 : 402))
    }

    @Test("A provider that certainly has not charged leaves nothing behind, and may be asked again")
    func away() async throws {
        let provider = ProviderDouble()
        provider.change { $0.isAway = true }
        let harness = try await PaymentHarness.with(provider)
        #expect(try await harness.post("/pays", payBody()).status == 503)
        #expect(try await harness.status() == "none")
        provider.change { $0.isAway = false }
        #expect(try await harness.post("/pays", payBody()).status == 201)
        #expect(try await harness.ledger() == ["charge 18000"])
    }

    @Test("A process that ends before it has asked leaves a charge that is given up after half a minute, not before")
    func killedBefore() async throws {
        let provider = ProviderDouble()
        let gate = Gate()
        let killed = try await PaymentHarness.with(ProviderDouble(gate: gate))
        let charge = Task { try await killed.post("/pays", payBody()) }
        await gate.arrived()
        let harness = try await PaymentHarness.with(provider, after: killed)
        try await harness.settle(seconds: 29)
        #expect(try await harness.status() == "payReq")
        try await harness.settle(seconds: 2)
        #expect(try await harness.status() == "none")
        charge.cancel()
        await gate.open()
        _ = try? await charge.value
    }

    @Test("A process that ends before it has settled leaves a charge that the next one finds, once")
    func killedAfter() async throws {
        let (provider, gate) = (ProviderDouble(), Gate())
        let killed = try await PaymentHarness.with(ProviderDouble(gate: gate))
        let charge = Task { try await killed.post("/pays", payBody()) }
        await gate.arrived()
        provider.change { $0.charged = ["a123"] }
        let harness = try await PaymentHarness.with(provider, after: killed)
        try await harness.settle(seconds: 3)
        #expect(try await harness.status() == "approved")
        await gate.open()
        #expect(try await charge.value.status == 201)
        #expect(try await harness.ledger() == ["charge 18000"])
        #expect(try await harness.published().map(\.type) == ["PaymentApproved"])
    }

    @Test("A rejection that comes while the charge is open waits for it, then the money goes back")
    func early() async throws {
        let provider = ProviderDouble()
        provider.change { $0.losesAnswers = true }
        let harness = try await PaymentHarness.with(provider)
        _ = try await harness.post("/pays", payBody())
        try await harness.deliver(rejected)
        #expect(try await harness.waiting() == 1)
        provider.change { $0.losesAnswers = false }
        try await harness.settle(seconds: 3)
        try await harness.retryEarlyEvents()
        try await harness.settle(seconds: 1)
        #expect(try await harness.status() == "payCxl")
        #expect(try await harness.books() == 0)
    }

    // MARK: Refunds

    @Test("A refund is decided with the event, and is told when the money has gone back; also to a new process")
    func refund() async throws {
        let provider = ProviderDouble()
        let killed = try await PaymentHarness.with(provider)
        _ = try await killed.post("/pays", payBody())
        try await killed.deliver(rejected)
        #expect(try await killed.status() == "payCxlReq")
        #expect(try await killed.ledger() == ["charge 18000"])
        #expect(try await killed.published("PaymentCanceled").isEmpty)
        #expect(try await killed.post("/pays", payBody()).status == 201)
        let harness = try await PaymentHarness.with(provider, after: killed)
        try await harness.settle(seconds: 1)
        #expect(try await harness.status() == "payCxl")
        #expect(try await harness.ledger() == ["charge 18000", "refund 18000"])
        let event: PaymentCanceled = try #require(try await harness.published("PaymentCanceled").first).decode()
        #expect(event == PaymentCanceled(orderId: "a123", payId: 1, amount: 18_000, reason: "재료 소진"))
    }

    @Test("A refund whose answer gets lost is asked for again, with the same number, until it is done, and counts once")
    func refundLost() async throws {
        let provider = ProviderDouble()
        let harness = try await PaymentHarness.with(provider)
        _ = try await harness.post("/pays", payBody())
        provider.change { $0.losesAnswers = true }
        try await harness.deliver(rejected)
        try await harness.settle(seconds: 20)
        #expect(try await harness.status() == "payCxlReq")
        provider.change { $0.losesAnswers = false }
        try await harness.settle()
        #expect(try await harness.status() == "payCxl")
        #expect(try await harness.books() == 0)
        let books = provider.books.withLock { $0 }
        #expect(books.refunded == ["a123"])
        #expect(books.attempts.count > 2)
        #expect(Set(books.attempts) == [0])
    }

    @Test("A refund that is refused stays open and loud, is tried seldom and anew, and goes through in the end")
    func refundRefused() async throws {
        let provider = ProviderDouble()
        let lines = Mutex<[String]>([])
        let log = Log(service: "payment", minimum: .error, format: .text) { line in lines.withLock { $0.append(line) } }
        let harness = try await PaymentHarness.with(provider, log: log)
        _ = try await harness.post("/pays", payBody())
        provider.change { $0.refuses = "NOT_CANCELABLE_PAYMENT" }
        try await harness.deliver(rejected)
        try await harness.settle(seconds: 590)
        #expect(try await harness.status() == "payCxlReq")
        #expect(provider.books.withLock { $0.attempts } == [0])
        #expect(lines.withLock { $0.count { $0.contains("refuses a refund") && $0.contains("NOT_CANCELABLE") } } == 1)
        #expect(harness.metrics.render().contains("refunds_stuck 1\n"))
        provider.change { $0.refuses = nil }
        try await harness.settle(seconds: 20)
        #expect(try await harness.status() == "payCxl")
        #expect(provider.books.withLock { $0.attempts } == [0, Pay.triesOfRefund])
        #expect(harness.metrics.render().contains("refunds_stuck 0\n"))
    }

    @Test("One that the provider does not answer does not hold up the others")
    func many() async throws {
        let provider = ProviderDouble()
        let harness = try await PaymentHarness.with(provider)
        for number in 1...25 {
            _ = try await harness.post("/pays", payBody("o\(number)"))
            try await harness.deliver(OrderRejected(orderId: "o\(number)", reason: "r"))
        }
        try await harness.settle(seconds: 1)
        #expect(try await harness.number("SELECT count(*) FROM pays WHERE status = 'payCxl'") == 25)
    }

    @Test("What another provider has charged is not the embedded one's to give back or to judge")
    func otherProvider() async throws {
        let provider = ProviderDouble()
        provider.change { $0.losesAnswers = true }
        let toss = try await PaymentHarness.with(provider)
        _ = try await toss.post("/pays", payBody("open"))
        provider.change { $0.losesAnswers = false }
        _ = try await toss.post("/pays", payBody())
        let harness = try await PaymentHarness(clock: toss.clock, database: toss.database)
        try await harness.deliver(rejected)
        try await harness.settle(seconds: 120)
        #expect(try await harness.status() == "payCxlReq")
        #expect(try await harness.status("open") == "payReq")
        #expect(try await harness.books() == 18_000)
    }
}
