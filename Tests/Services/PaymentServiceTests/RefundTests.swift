import Contracts
import Messaging
import ServiceTestSupport
import Testing

@testable import PaymentService

@Suite("Giving the money back")
struct RefundTests {
    private let rejected = OrderRejected(orderId: "a123", reason: "재료 소진")

    private func charged() async throws -> PaymentBench {
        let bench = try await PaymentBench()
        _ = try await bench.post("/pays", payBody())
        return bench
    }

    @Test("A rejected order is refunded, in the books and on the topic")
    func refunded() async throws {
        let bench = try await charged()
        try await bench.deliver(rejected)
        let pay = try await bench.get("/pays/1")
        #expect(pay["status"] == "payCxl")
        #expect(pay["reason"] == "재료 소진")
        #expect(try await bench.ledger() == ["charge 18000", "refund 18000"])
        #expect(try await bench.books() == 0)
        let event = try #require(try await bench.published("PaymentCanceled").first)
        #expect(
            try event.decode() == PaymentCanceled(orderId: "a123", payId: 1, amount: 18_000, reason: "재료 소진"))
        #expect(event.key == "a123")
    }

    @Test("However often the news come, the money goes back once")
    func once() async throws {
        let bench = try await charged()
        let record = try bench.record(rejected)
        try await bench.deliver([record, record])
        try await bench.deliver([record])
        try await bench.deliver(OrderRejected(orderId: "a123", reason: "다른 이유"), id: "another")
        #expect(try await bench.ledger() == ["charge 18000", "refund 18000"])
        #expect(try await bench.published("PaymentCanceled").count == 1)
        #expect(try await bench.get("/pays/1")["reason"] == "재료 소진")
    }

    @Test("A refunded order is not charged again")
    func notAgain() async throws {
        let bench = try await charged()
        try await bench.deliver(rejected)
        let answer = try await bench.post("/pays", payBody())
        #expect(answer.status == 201)
        #expect(answer["status"] == "payCxl")
        #expect(try await bench.books() == 0)
        #expect(try await bench.published("PaymentApproved").count == 1)
    }

    @Test("Nobody was charged for a declined order, so nothing goes back")
    func declined() async throws {
        let bench = try await PaymentBench(["PAY_LIMIT": "1"])
        _ = try await bench.post("/pays", payBody())
        try await bench.deliver(rejected)
        #expect(try await bench.ledger().isEmpty)
        #expect(try await bench.published().isEmpty)
        #expect(try await bench.get("/pays/1")["status"] == "payDecline")
    }

    @Test("A rejection that comes before the charge waits for it, and refunds once")
    func early() async throws {
        let bench = try await PaymentBench()
        let record = try bench.record(rejected)
        try await bench.deliver([record, record])
        #expect(try await bench.waiting() == 1)
        _ = try await bench.post("/pays", payBody())
        try await bench.deliver(PaymentApproved(details, payId: 1))
        try await bench.deliver([record])
        #expect(try await bench.ledger() == ["charge 18000", "refund 18000"])
        #expect(try await bench.get("/pays/1")["status"] == "payCxl")
        #expect(try await bench.waiting() == 0)
    }

    @Test("The rejection of an order that nobody ever pays for goes to the dead letters after an hour")
    func unknown() async throws {
        let bench = try await PaymentBench()
        let outcome = try await bench.deliver(rejected)
        #expect(outcome.retry.isEmpty)
        #expect(outcome.next.count == 1)
        for _ in 0..<65 {
            #expect(try await bench.published().isEmpty)
            bench.clock.advance(seconds: 60)
            try await bench.retryEarlyEvents()
        }
        let letter = try #require(try await bench.published().first)
        #expect(letter.type == "DeadLetter")
        #expect(letter.topic == "error.fooddelivery.payment")
        #expect(try await bench.waiting() == 0)
        #expect(try await bench.number("SELECT count(*) FROM inbox WHERE policy = 'payment.refund'") == 0)
    }

    @Test("The state machine has one move, and it is legal once")
    func states() {
        for status in Pay.Status.allCases {
            var pay = Pay(details, status: status, reason: "before")
            let isMade = (try? pay.refund(reason: "after").count) == 1
            #expect(isMade == (status == .approved))
            #expect(pay.status == (isMade ? .refunded : status))
            #expect(pay.reason == (isMade ? "after" : "before"))
        }
    }
}

@Suite("Looking at payments")
struct PayListTests {
    @Test("The books balance: charged minus refunded is what the standing payments add up to")
    func books() async throws {
        let bench = try await PaymentBench(["PAY_LIMIT": "20000"])
        var generator = SplitMix(seed: 7)
        for number in 1...200 {
            let order = Int.random(in: 1...60, using: &generator)
            if number.isMultiple(of: 3) {
                try await bench.deliver(OrderRejected(orderId: "o\(order)", reason: "r"))
            } else {
                _ = try await bench.post("/pays", payBody("o\(order)", price: 1000 * (order % 30 + 1)))
            }
        }
        let standing = try await bench.number("SELECT sum(tot_price) FROM pays WHERE status = 'approved'")
        #expect(standing > 0)
        #expect(try await bench.books() == standing)
        #expect(try await bench.number("SELECT count(*) FROM pays WHERE status = 'payCxl'") > 0)
        #expect(try await bench.number("SELECT count(*) FROM pays WHERE status = 'payDecline'") > 0)
    }

    @Test("A payment has a tag that changes with it")
    func entityTag() async throws {
        let bench = try await PaymentBench()
        _ = try await bench.post("/pays", payBody())
        let tag = try #require(try await bench.get("/pays/1").header("ETag"))
        #expect(try await bench.get("/pays/1", headers: [("If-None-Match", tag)]).status == 304)
        try await bench.deliver(OrderRejected(orderId: "a123", reason: "r"))
        #expect(try await bench.get("/pays/1", headers: [("If-None-Match", tag)]).status == 200)
    }

    @Test("A payment is found by its order, an unknown one is not, a search for nothing is refused")
    func found() async throws {
        let bench = try await PaymentBench()
        _ = try await bench.post("/pays", payBody())
        let search = "/pays/search/findByOrderId"
        #expect(try await bench.get("\(search)?orderId=a123")["custId"] == "hkh9405")
        #expect(try await bench.get("\(search)?orderId=z").status == 404)
        #expect(try await bench.get(search).status == 400)
    }

    @Test("An entry of the books links to its payment")
    func entry() async throws {
        let bench = try await PaymentBench()
        _ = try await bench.post("/pays", payBody())
        let entry = try await bench.get("/ledgerEntries/1")
        #expect(entry["orderId"] == "a123")
        #expect(entry["enteredAt"] == "2026-11-21T10:00:00.000Z")
        #expect(entry["_links"]?["pay"]?["href"] == "http://localhost/pays/1")
    }
}
