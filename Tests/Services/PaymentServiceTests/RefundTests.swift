import Contracts
import Messaging
import ServiceTestSupport
import Testing

@testable import PaymentService

@Suite("Giving the money back")
struct RefundTests {
    private let rejected = OrderRejected(orderId: "a123", reason: "재료 소진")

    private func charged() async throws -> PaymentHarness {
        let harness = try await PaymentHarness()
        _ = try await harness.post("/pays", payBody())
        return harness
    }

    @Test("A rejected order is refunded, in the books and on the topic")
    func refunded() async throws {
        let harness = try await charged()
        try await harness.deliver(rejected)
        let pay = try await harness.get("/pays/1")
        #expect(pay["status"] == "payCxl")
        #expect(pay["reason"] == "재료 소진")
        #expect(try await harness.ledger() == ["charge 18000", "refund 18000"])
        #expect(try await harness.books() == 0)
        let event = try #require(try await harness.published("PaymentCanceled").first)
        #expect(
            try event.decode() == PaymentCanceled(orderId: "a123", payId: 1, amount: 18_000, reason: "재료 소진"))
        #expect(event.key == "a123")
    }

    @Test("However often the news come, the money goes back once")
    func once() async throws {
        let harness = try await charged()
        let record = try harness.record(rejected)
        try await harness.deliver([record, record])
        try await harness.deliver([record])
        try await harness.deliver(OrderRejected(orderId: "a123", reason: "다른 이유"), id: "another")
        #expect(try await harness.ledger() == ["charge 18000", "refund 18000"])
        #expect(try await harness.published("PaymentCanceled").count == 1)
        #expect(try await harness.get("/pays/1")["reason"] == "재료 소진")
    }

    @Test("A refunded order is not charged again")
    func notAgain() async throws {
        let harness = try await charged()
        try await harness.deliver(rejected)
        let answer = try await harness.post("/pays", payBody())
        #expect(answer.status == 201)
        #expect(answer["status"] == "payCxl")
        #expect(try await harness.books() == 0)
        #expect(try await harness.published("PaymentApproved").count == 1)
    }

    @Test("Nobody was charged for a declined order, so nothing goes back")
    func declined() async throws {
        let harness = try await PaymentHarness(["PAY_LIMIT": "1"])
        _ = try await harness.post("/pays", payBody())
        try await harness.deliver(rejected)
        #expect(try await harness.ledger().isEmpty)
        #expect(try await harness.published().isEmpty)
        #expect(try await harness.get("/pays/1")["status"] == "payDecline")
    }

    @Test("A rejection that comes before the charge waits for it, and refunds once")
    func early() async throws {
        let harness = try await PaymentHarness()
        let record = try harness.record(rejected)
        try await harness.deliver([record, record])
        #expect(try await harness.waiting() == 1)
        _ = try await harness.post("/pays", payBody())
        try await harness.deliver(PaymentApproved(details, payId: 1))
        try await harness.deliver([record])
        #expect(try await harness.ledger() == ["charge 18000", "refund 18000"])
        #expect(try await harness.get("/pays/1")["status"] == "payCxl")
        #expect(try await harness.waiting() == 0)
    }

    @Test("The rejection of an order that nobody ever pays for goes to the dead letters after an hour")
    func unknown() async throws {
        let harness = try await PaymentHarness()
        let outcome = try await harness.deliver(rejected)
        #expect(outcome.retry.isEmpty)
        #expect(outcome.next.count == 1)
        for _ in 0..<65 {
            #expect(try await harness.published().isEmpty)
            harness.clock.advance(seconds: 60)
            try await harness.retryEarlyEvents()
        }
        let letter = try #require(try await harness.published().first)
        #expect(letter.type == "DeadLetter")
        #expect(letter.topic == "error.fooddelivery.payment")
        #expect(try await harness.waiting() == 0)
        #expect(try await harness.number("SELECT count(*) FROM inbox WHERE policy = 'payment.refund'") == 0)
    }
}

@Suite("Giving the money for a canceled order back")
struct CanceledOrderTests {
    @Test("It goes back once, whatever ends the order, and however often")
    func once() async throws {
        let harness = try await PaymentHarness()
        _ = try await harness.post("/pays", payBody())
        let canceled = OrderCanceled(orderId: "a123", reason: "마음이 바뀌었습니다.")
        for id in ["first", "again"] { try await harness.deliver(canceled, id: id) }
        try await harness.deliver(OrderRejected(orderId: "a123", reason: "재료 소진"))
        #expect(try await harness.ledger() == ["charge 18000", "refund 18000"])
        #expect(try await harness.books() == 0)
        #expect(try await harness.get("/pays/1")["reason"]?.text == canceled.reason)
        #expect(try await harness.published().map(\.type) == ["PaymentApproved", "PaymentCanceled"])
    }
}

@Suite("Looking at payments")
struct PayListTests {
    @Test("Items have what their profiles say, and their links lead somewhere")
    func resources() async throws {
        let harness = try await PaymentHarness()
        _ = try await harness.post("/pays", payBody())
        try await harness.deliver(OrderRejected(orderId: "a123", reason: "재료 소진"))
        let broken = try await harness.brokenResources()
        #expect(broken == [])
    }

    @Test("The books balance: charged minus refunded is what the standing payments add up to")
    func books() async throws {
        let harness = try await PaymentHarness(["PAY_LIMIT": "20000"])
        var generator = SplitMix(seed: 7)
        for number in 1...200 {
            let order = Int.random(in: 1...60, using: &generator)
            if number.isMultiple(of: 3) {
                try await harness.deliver(OrderRejected(orderId: "o\(order)", reason: "r"))
            } else {
                _ = try await harness.post("/pays", payBody("o\(order)", price: 1000 * (order % 30 + 1)))
            }
        }
        let standing = try await harness.number("SELECT sum(tot_price) FROM pays WHERE status = 'approved'")
        #expect(standing > 0)
        #expect(try await harness.books() == standing)
        #expect(try await harness.number("SELECT count(*) FROM pays WHERE status = 'payCxl'") > 0)
        #expect(try await harness.number("SELECT count(*) FROM pays WHERE status = 'payDecline'") > 0)
    }

    @Test("A payment has a tag that changes with it")
    func entityTag() async throws {
        let harness = try await PaymentHarness()
        _ = try await harness.post("/pays", payBody())
        let tag = try #require(try await harness.get("/pays/1").header("ETag"))
        #expect(try await harness.get("/pays/1", headers: [("If-None-Match", tag)]).status == 304)
        try await harness.deliver(OrderRejected(orderId: "a123", reason: "r"))
        #expect(try await harness.get("/pays/1", headers: [("If-None-Match", tag)]).status == 200)
    }

    @Test("A payment is found by its order, an unknown one is not, a search for nothing is refused")
    func found() async throws {
        let harness = try await PaymentHarness()
        _ = try await harness.post("/pays", payBody())
        let search = "/pays/search/findByOrderId"
        #expect(try await harness.get("\(search)?orderId=a123")["custId"] == "hkh9405")
        #expect(try await harness.get("\(search)?orderId=z").status == 404)
        #expect(try await harness.get(search).status == 400)
    }

    @Test("An entry of the books links to its payment")
    func entry() async throws {
        let harness = try await PaymentHarness()
        _ = try await harness.post("/pays", payBody())
        let entry = try await harness.get("/ledgerEntries/1")
        #expect(entry["orderId"] == "a123")
        #expect(entry["enteredAt"] == "2026-11-21T10:00:00.000Z")
        #expect(entry["_links"]?["pay"]?["href"] == "http://localhost/pays/1")
    }
}
