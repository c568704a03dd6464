import Contracts
import Events
import Persistence
import ServiceTestSupport
import Testing
import Time

@testable import PaymentService

@Suite("The states of a payment")
struct PayStateTests {
    /// Written down apart from the program; every pair that is not here is illegal.
    private static let legal: [(Pay.Status, Pay.Move, Pay.Status, events: [String])] = [
        (.requested, .approve, .approved, ["PaymentApproved"]), (.requested, .decline, .declined, []),
        (.approved, .refund, .refunding, []), (.refunding, .giveBack, .refunded, ["PaymentCanceled"]),
    ]
    static let pairs = Pay.Status.allCases.flatMap { status in Pay.Move.allCases.map { (status, $0) } }
    private static let now = Timestamp(milliseconds: 1_000)

    @Test("Each move leads where the table says with its events, or is illegal and changes nothing", arguments: pairs)
    func moves(_ status: Pay.Status, _ move: Pay.Move) throws {
        let before = Pay(details, status: status, reason: "before", paymentKey: "k", dueAt: Self.now, tries: 3)
        var pay = before
        let make = {
            switch move {
            case .approve: try pay.approve()
            case .decline: try pay.decline(reason: "after")
            case .refund: try pay.refund(reason: "after", now: Self.now)
            case .giveBack: try pay.giveBack()
            }
        }
        if let row = Self.legal.first(where: { $0.0 == status && $0.1 == move }) {
            #expect(try make().map { type(of: $0).type } == row.events)
            #expect(pay.status == row.2)
            #expect(pay.reason == ([.decline, .refund].contains(move) ? "after" : "before"))
            #expect((pay.dueAt != nil) == (row.2 == .refunding))
            #expect(pay.tries == 0)
        } else {
            #expect(throws: IllegalMove.self) { _ = try make() }
            #expect(pay == before)
        }
    }

    @Test(
        "Over HTTP only a payment that stands is given back, and only that has the link", arguments: Pay.Status.allCases
    )
    func overHTTP(_ status: Pay.Status) async throws {
        let harness = try await PaymentHarness()
        _ = try await harness.post("/pays", payBody())
        try await harness.database.write { try $0.execute("UPDATE pays SET status = $1", [.text(status.rawValue)]) }
        let before = try await harness.get("/pays/1")
        #expect(before.links.contains("cancel") == (status == .approved))
        let answer = try await harness.put("/pays/1/cancel")
        #expect(answer.status == (status == .approved ? 200 : 409))
        #expect(try await harness.status() == (status == .approved ? "payCxl" : before["status"]?.text))
        #expect(try await harness.books() == (status == .approved ? 0 : 18_000))
    }

    @Test("A provider that owes an answer is asked after 2 s, then ever more seldom, up to a minute")
    func pauses() {
        #expect((0...7).map { Pay.pause(after: $0).milliseconds / 1000 } == [2, 4, 8, 16, 32, 60, 60, 60])
        var pay = Pay(details, status: .refunding, reason: "r", paymentKey: "k", dueAt: Self.now)
        for _ in 1...7 { pay.askLater(isRefused: false, now: Self.now) }
        #expect(!pay.isStuck)
        #expect(pay.dueAt == Self.now + .seconds(60))
        pay.askLater(isRefused: false, now: Self.now)
        #expect(pay.isStuck)
        #expect(pay.dueAt == Self.now + .seconds(600))
    }

    @Test("A refused refund is stuck at once, and a charge never")
    func stuck() {
        var refund = Pay(details, status: .refunding, reason: "r", paymentKey: "k", dueAt: Self.now)
        refund.askLater(isRefused: true, now: Self.now)
        #expect(refund.isStuck)
        var charge = Pay.requested(details, paymentKey: "k", now: Self.now)
        for _ in 1...100 { charge.askLater(isRefused: false, now: Self.now) }
        #expect(!charge.isStuck)
        #expect(charge.dueAt == Self.now + .seconds(60))
    }
}

@Suite("Giving money back by hand")
struct RefundByHandTests {
    @Test("It is answered with the payment, is told to the others with its reason, and happens once")
    func refunded() async throws {
        let harness = try await PaymentHarness()
        _ = try await harness.post("/pays", payBody())
        let answer = try await harness.put("/pays/1/cancel", #"{"reason":"고객 민원"}"#)
        #expect(answer.status == 200)
        #expect(answer["status"] == "payCxl")
        #expect(answer["reason"] == "고객 민원")
        #expect(try await harness.put("/pays/1/cancel").status == 409)
        try await harness.deliver(OrderRejected(orderId: "a123", reason: "재료 소진"))
        #expect(try await harness.ledger() == ["charge 18000", "refund 18000"])
        let event: PaymentCanceled = try #require(try await harness.published("PaymentCanceled").first).decode()
        #expect(event.reason == "고객 민원")
    }

    static let wrong: [(path: String, body: String, headers: [(String, String)], status: Int)] = [
        ("/pays/2/cancel", "", [], 404), ("/pays/x/cancel", "", [], 404), ("/pays/-1/cancel", "{}", [], 404),
        ("/pays/1/cancel", #"{"reason":" "}"#, [], 422), ("/pays/1/cancel", #"{"reason":5}"#, [], 422),
        ("/pays/1/cancel", #"{"reason":"\#(String(repeating: "x", count: 501))"}"#, [], 422),
        ("/pays/1/cancel", "{", [], 400), ("/pays/1/cancel", "{}", [("Content-Type", "text/plain")], 415),
        ("/pays/1/cancel", "{}", [("If-Match", #""9""#)], 412),
    ]

    @Test("What cannot be understood or is not there gives nothing back", arguments: wrong.indices)
    func refused(_ index: Int) async throws {
        let (path, body, headers, status) = Self.wrong[index]
        let harness = try await PaymentHarness()
        _ = try await harness.post("/pays", payBody())
        #expect(try await harness.put(path, body, headers: headers).status == status)
        #expect(try await harness.books() == 18_000)
        #expect(try await harness.get("/pays/1")["status"] == .null)
    }
}
