import Contracts
import Foundation
import HTTPServer
import ServiceTestSupport
import Synchronization
import Telemetry
import Testing

@testable import PaymentService

@Suite("Toss Payments over HTTP", .timeLimit(.minutes(5)))
struct TossPaymentsTests {
    private static let charge = Charge(orderId: "order-123", paymentKey: "key-1", amount: 18_000)

    private static func payment(
        _ status: String = "DONE", amount: Int = 18_000, orderId: String = "order-123", key: String = "key-1"
    ) -> String {
        TossServer.body(TossServer.Payment(paymentKey: key, orderId: orderId, amount: amount, status: status))
    }

    private func with<T>(_ body: (TossServer, TossPayments) async throws -> T) async throws -> T {
        let server = try TossServer()
        let result = try await body(server, server.gateway())
        await server.stop()
        return result
    }

    @Test("A confirmation carries what Toss wants, with the key of the shop and the key of the charge")
    func request() async throws {
        try await with { server, toss async throws in
            #expect(await toss.charge(Self.charge) == .approved)
            let request = try #require(server.state.received.first)
            #expect(request.method == "POST")
            #expect(request.path == "/v1/payments/confirm")
            #expect(request.headers["Authorization"] == "Basic dGVzdF9za19zZWNyZXQ6")
            #expect(request.headers["Idempotency-Key"] == "charge-order-123")
            let body: JSON = .object(["paymentKey": "key-1", "orderId": "order-123", "amount": 18_000])
            #expect(try JSON.parse(request.body) == body)
        }
    }

    static let answers: [(Int, String, ChargeAnswer)] = [
        (200, payment(), .approved), (200, "", .unknown), (200, "<html>", .unknown), (200, "{}", .unknown),
        (200, #"{"status":"DONE"}"#, .unknown), (200, payment("IN_PROGRESS"), .unknown), (201, payment(), .unknown),
        (200, String(payment().dropLast(40)), .unknown),
        (200, payment("ABORTED"), .declined(reason: "결제가 취소되었거나 만료되었습니다.")),
        (400, TossServer.refusal("INVALID_CARD_EXPIRATION"), .declined(reason: "거절: INVALID_CARD_EXPIRATION")),
        (403, TossServer.refusal("REJECT_CARD_COMPANY"), .declined(reason: "거절: REJECT_CARD_COMPANY")),
        (404, TossServer.refusal("NOT_FOUND_PAYMENT_SESSION"), .declined(reason: "거절: NOT_FOUND_PAYMENT_SESSION")),
        (401, TossServer.refusal("UNAUTHORIZED_KEY"), .notReached),
        (429, TossServer.refusal("TOO_MANY"), .notReached),
        (409, TossServer.refusal("IDEMPOTENT_REQUEST_PROCESSING"), .unknown), (408, "", .unknown),
        (403, "blocked by a proxy", .unknown), (404, "", .unknown), (302, "", .unknown),
        (500, TossServer.refusal("FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING"), .unknown), (502, "", .unknown),
        (503, "busy", .unknown),
    ]

    @Test(
        "A charge is what the answer says, and what says nothing is never taken for failed", arguments: answers.indices)
    func confirm(_ index: Int) async throws {
        let (status, body, expected) = Self.answers[index]
        try await with { server, toss async throws in
            server.fault("confirm", .answers(status, body))
            #expect(await toss.charge(Self.charge) == expected)
        }
    }

    @Test("What is found says what became of a charge; only Toss' own 404 says that there is none")
    func find() async throws {
        let table: [(Int, String, ChargeAnswer)] = [
            (200, Self.payment(), .approved), (404, TossServer.refusal("NOT_FOUND_PAYMENT"), .notReached),
            (404, "<html>", .unknown), (404, TossServer.refusal("NOT_FOUND"), .unknown), (200, "{", .unknown),
            (401, TossServer.refusal("UNAUTHORIZED_KEY"), .unknown), (500, "", .unknown),
            (200, Self.payment("EXPIRED"), .declined(reason: "결제가 취소되었거나 만료되었습니다.")),
            (200, Self.payment("CANCELED"), .declined(reason: "결제가 취소되었거나 만료되었습니다.")),
            (200, Self.payment("READY"), .unknown), (200, Self.payment("PARTIAL_CANCELED"), .unknown),
        ]
        for (status, body, expected) in table {
            try await with { server, toss async throws in
                server.fault("orders/order-123", .answers(status, body))
                #expect(await toss.find(Self.charge) == expected, "\(status) \(body)")
            }
        }
    }

    @Test("A refund is done when Toss says so, or says that it was done before; refused only when it is")
    func cancel() async throws {
        let table: [(Int, String, RefundAnswer)] = [
            (200, Self.payment("CANCELED"), .done), (400, TossServer.refusal("ALREADY_CANCELED_PAYMENT"), .done),
            (200, Self.payment(), .unknown), (200, "", .unknown),
            (200, Self.payment("CANCELED", key: "another"), .unknown), (500, "", .unknown), (403, "proxy", .unknown),
            (409, TossServer.refusal("IDEMPOTENT_REQUEST_PROCESSING"), .unknown),
            (429, TossServer.refusal("TOO_MANY"), .unknown),
            (
                403, TossServer.refusal("NOT_CANCELABLE_PAYMENT"),
                .refused(reason: "NOT_CANCELABLE_PAYMENT: 거절: NOT_CANCELABLE_PAYMENT")
            ),
        ]
        for (status, body, expected) in table {
            try await with { server, toss async throws in
                server.fault("cancel", .answers(status, body))
                #expect(await toss.cancel(Self.charge, reason: "재료 소진") == expected, "\(status) \(body)")
            }
        }
    }

    @Test("A cancellation gives all back, repeats under one key, and takes another one after a refusal")
    func cancelRequest() async throws {
        try await with { server, toss async throws in
            _ = await toss.charge(Self.charge)
            for attempt in [0, 0, 8] {
                let reason = attempt == 8 ? "" : String(repeating: "긴", count: 300)
                var charge = Self.charge
                charge.attempt = attempt
                #expect(await toss.cancel(charge, reason: reason) == .done)
            }
            let requests = server.state.received.dropFirst()
            #expect(requests.map(\.path) == Array(repeating: "/v1/payments/key-1/cancel", count: 3))
            #expect(
                requests.map { $0.headers["Idempotency-Key"] } == [
                    "refund-order-123", "refund-order-123", "refund-order-123-8",
                ])
            let reasons = try requests.map { try JSON.parse($0.body)["cancelReason"]?.text?.count }
            #expect(reasons == [200, 200, 2])
            #expect(server.state.refunds == 1)
        }
    }

    @Test(
        "Another amount, order or payment than was asked for is given back, and is no payment",
        arguments: [true, false])
    func mismatch(_ isFound: Bool) async throws {
        try await with { server, toss async throws in
            if isFound {
                server.change { state in
                    state.payments["order-123"] = TossServer.Payment(
                        paymentKey: "key-1", orderId: "order-123", amount: 18, status: "DONE")
                }
                #expect(await toss.find(Self.charge) == .declined(reason: "결제 금액이 주문과 다릅니다."))
            } else {
                server.fault("confirm", .charges(18_001))
                #expect(await toss.charge(Self.charge) == .declined(reason: "결제 금액이 주문과 다릅니다."))
            }
            #expect(server.state.refunds == 1)
            #expect(server.state.payments["order-123"]?.status == "CANCELED")
        }
    }

    @Test("A payment for the order that was made under another key is the one that is given back")
    func otherKey() async throws {
        try await with { server, toss async throws in
            server.change { state in
                state.payments["order-123"] = TossServer.Payment(
                    paymentKey: "key-2", orderId: "order-123", amount: 18_000, status: "DONE")
            }
            #expect(await toss.find(Self.charge) == .declined(reason: "결제 금액이 주문과 다릅니다."))
            #expect(server.state.payments["order-123"]?.status == "CANCELED")
        }
    }

    @Test("A payment for another order under another key is nobody's to give back, and no answer")
    func strange() async throws {
        try await with { server, toss async throws in
            let body = Self.payment(orderId: "order-9", key: "key-9")
            server.fault("confirm", .answers(200, body))
            #expect(await toss.charge(Self.charge) == .unknown)
            #expect(server.state.received.count == 1)
        }
    }

    @Test("While a wrong payment cannot be given back it is unclear, and is declined when it can")
    func mismatchStays() async throws {
        try await with { server, toss async throws in
            server.fault("confirm", .charges(1))
            server.fault("cancel", .answers(500, ""))
            #expect(await toss.charge(Self.charge) == .unknown)
            guard case .declined = await toss.find(Self.charge) else {
                Issue.record("it still counts")
                return
            }
            #expect(server.state.refunds == 1)
        }
    }

    @Test("An answer to another order, or in another currency, is not taken")
    func otherOrder() async throws {
        let others = [
            Self.payment(orderId: "order-999"), Self.payment().replacing(#""KRW""#, with: #""USD""#),
        ]
        for body in others {
            try await with { server, toss async throws in
                server.fault("confirm", .doesAndAnswers(200, body))
                #expect(await toss.charge(Self.charge) != .approved)
                #expect(server.state.payments["order-123"]?.status == "CANCELED")
            }
        }
    }

    @Test("A charge whose answer is late, lost or cut off is found, and is one charge")
    func lost() async throws {
        for fault in [TossServer.Fault.doesAndAnswers(502, ""), .doesAndAnswers(200, #"{"payment"#)] {
            try await with { server, toss async throws in
                server.fault("confirm", fault)
                #expect(await toss.charge(Self.charge) == .unknown)
                #expect(await toss.find(Self.charge) == .approved)
                #expect(await toss.charge(Self.charge) == .approved)
                #expect(server.state.charges == 1)
            }
        }
    }

    @Test("One that hangs is given up before the order's patience ends")
    func hangs() async throws {
        try await with { server, toss async throws in
            let gate = Gate()
            server.fault("confirm", .hangs(gate))
            #expect(await toss.charge(Self.charge) == .unknown)
            await gate.open()
        }
    }

    @Test("A charge that another request has made is found by its order")
    func processed() async throws {
        try await with { server, toss async throws in
            _ = await toss.charge(Self.charge)
            server.change { $0.answers = [:] }
            #expect(await toss.charge(Self.charge) == .approved)
            #expect(server.state.charges == 1)
        }
    }

    @Test("Where nobody listens nothing was charged, and nothing is known of what was before")
    func away() async throws {
        let server = try TossServer()
        let toss = server.gateway()
        await server.stop()
        #expect(await toss.charge(Self.charge) == .notReached)
        #expect(await toss.find(Self.charge) == .unknown)
        #expect(await toss.cancel(Self.charge, reason: "r") == .unknown)
    }

    @Test("A wrong secret key charges nobody, is loud, and is not written down")
    func wrongKey() async throws {
        let server = try TossServer()
        let lines = Mutex<[String]>([])
        let log = Log(service: "payment", minimum: .debug, format: .text) { line in lines.withLock { $0.append(line) } }
        let toss = server.gateway(secretKey: "test_sk_wrong", log: log)
        #expect(await toss.charge(Self.charge) == .notReached)
        await server.stop()
        _ = await toss.charge(Self.charge)
        let text = lines.withLock { $0.joined() }
        #expect(text.contains("does not know our secret key"))
        #expect(!text.contains("test_sk_wrong"))
        #expect(!text.contains(Data("test_sk_wrong:".utf8).base64EncodedString()))
    }

    @Test("Order ids that Toss would not take are coded, and no two become the same")
    func orderIds() {
        let ids = ["a123", "a1234", "order-123", "", "a", "=a123", "==YTEyMw==", "김치", "a/b", "a b", "a?b"]
        let coded = ids.map(TossOrderId.of)
        #expect(Set(coded).count == ids.count)
        for case let id? in coded { #expect(id.wholeMatch(of: /[A-Za-z0-9_=-]{6,64}/) != nil, "\(id)") }
        #expect(TossOrderId.of("order-123") == "order-123")
        #expect(TossOrderId.of(String(repeating: "x", count: 64)) != nil)
        #expect(TossOrderId.of(String(repeating: "x", count: 65)) == nil)
    }
}

@Suite("A service with Toss Payments", .timeLimit(.minutes(5)))
struct TossServiceTests {
    @Test("The customer's own payment key is used where there is one, else one is made from the order id")
    func paymentKey() async throws {
        let server = try TossServer()
        let harness = try await PaymentHarness.with(server.gateway())
        _ = try await harness.post("/pays", payBody("order-1"))
        let body = payBody("order-2").replacing(#""totPrice""#, with: #""paymentKey":"tviva_2026-abc","totPrice""#)
        #expect(try await harness.post("/pays", body).status == 201)
        let keys = server.state.payments.mapValues(\.paymentKey)
        #expect(keys == ["order-1": "order-order-1", "order-2": "tviva_2026-abc"])
        await server.stop()
    }

    @Test(
        "A payment key that is none is refused", arguments: ["", "a/b", "..", "한", String(repeating: "k", count: 201)])
    func wrongKey(_ key: String) async throws {
        let harness = try await PaymentHarness()
        let body = payBody().replacing(#""totPrice""#, with: #""paymentKey":"\#(key)","totPrice""#)
        let answer = try await harness.post("/pays", body)
        #expect(answer.status == 422)
        #expect(answer.wrongFields == ["paymentKey"])
    }

    @Test("A charge that hangs is answered 503 in time, and is settled when it is found")
    func hangs() async throws {
        let server = try TossServer()
        let harness = try await PaymentHarness.with(server.gateway())
        let gate = Gate()
        server.fault("confirm", .hangs(gate))
        #expect(try await harness.post("/pays", payBody()).status == 503)
        await gate.open()
        try await harness.settle(seconds: 60)
        #expect(try await harness.status() == "approved")
        #expect(try await harness.ledger() == ["charge 18000"])
        #expect(server.state.charges == 1)
        await server.stop()
    }

    @Test("A wrong charge that cannot be given back is tried again, under another key, until it can")
    func wrongCharge() async throws {
        let server = try TossServer()
        let harness = try await PaymentHarness.with(server.gateway())
        server.fault("confirm", .charges(1))
        server.change { $0.refusesToCancel = "NOT_CANCELABLE_PAYMENT" }
        #expect(try await harness.post("/pays", payBody()).status == 503)
        try await harness.settle(seconds: 3)
        #expect(try await harness.status() == "payReq")
        server.change { $0.refusesToCancel = nil }
        try await harness.settle(seconds: 10)
        #expect(try await harness.status() == "payDecline")
        #expect(server.state.refunds == 1)
        #expect(server.wrongCharges.value > 1)
        #expect(try await harness.ledger() == [])
        await server.stop()
    }

    @Test("A provider that is asked for needs its key, and has no switch")
    func settings() async throws {
        await #expect(throws: (any Error).self) { try await PaymentHarness(["PAYMENT_PROVIDER": "toss"]) }
        await #expect(throws: (any Error).self) { try await PaymentHarness(["PAYMENT_PROVIDER": "other"]) }
        let harness = try await PaymentHarness(["PAYMENT_PROVIDER": "toss", "TOSS_SECRET_KEY": "test_sk"])
        #expect(try await harness.get("/admin/provider").status == 404)
        harness.service.close()
    }
}
