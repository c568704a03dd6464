import Contracts
import Foundation
import HTTPServer
import Resilience
import ServiceTestSupport
import Testing
import Time

@testable import OrderService

@Suite("Payment over HTTP", .timeLimit(.minutes(5)))
struct HTTPPaymentsTests {
    private static let approved = #"{"orderId":"a123","totPrice":18000,"status":null}"#
    private static let declined = #"{"orderId":"a123","totPrice":18000,"status":"payDecline","reason":"한도 초과"}"#
    private static let refunded = #"{"orderId":"a123","totPrice":18000,"status":"payCxl","reason":"재료 소진"}"#

    // MARK: Charging

    @Test(
        "A charge is what the answer says",
        arguments: [
            (201, approved, .approved), (402, #"{"status":402,"detail":"한도 초과"}"#, .declined(reason: "한도 초과")),
            (402, "no JSON", .declined(reason: "")), (408, "", .notCharged), (422, "", .notCharged),
            (400, "", .notCharged), (404, "", .notCharged), (429, "", .notCharged),
            (500, "", .unknown), (502, "", .unknown), (503, "", .unknown), (200, approved, .unknown),
            (202, "", .unknown), (302, "", .unknown),
        ] as [(Int, String, Charge)])
    func charge(_ status: Int, _ body: String, _ expected: Charge) async throws {
        let server = try PaymentServer(status: status, body: body)
        #expect(await server.payments.charge(transcriptDetails, expires: Timestamp(milliseconds: 0)) == expected)
        await server.stop()
    }

    @Test("A charge carries the order and the time until which it may happen")
    func request() async throws {
        let server = try PaymentServer(status: 201)
        _ = await server.payments.charge(transcriptDetails, expires: Timestamp(milliseconds: 1_795_255_202_000))
        let request = try #require(server.received.first)
        #expect(request.method == "POST")
        #expect(request.path == "/pays")
        #expect(request.headers["Content-Type"] == "application/json")
        #expect(request.headers["Request-Expires"] == "2026-11-21T10:00:02.000Z")
        #expect(try JSONDecoder().decode(OrderDetails.self, from: request.body) == transcriptDetails)
        await server.stop()
    }

    @Test("Where nobody listens nothing was charged")
    func refused() async throws {
        let server = try PaymentServer(status: 201)
        await server.stop()
        #expect(await server.payments.charge(transcriptDetails, expires: Timestamp(milliseconds: 0)) == .notCharged)
        #expect(await server.payments.inquire(transcriptDetails) == .unknown)
    }

    @Test("When payment hangs it may have charged")
    func hangs() async throws {
        let gate = Gate()
        let server = try PaymentServer(timeout: .seconds(1)) { _ in
            await gate.pass()
            return HTTPResponse(status: 201)
        }
        let payments = server.payments
        async let charge = payments.charge(transcriptDetails, expires: Timestamp(milliseconds: 0))
        async let inquiry = payments.inquire(transcriptDetails)
        #expect(await charge == .unknown)
        #expect(await inquiry == .unknown)
        await gate.open()
        await server.stop()
    }

    // MARK: Asking

    @Test(
        "What became of a charge is what the answer says",
        arguments: [
            (200, approved, .approved), (200, declined, .declined(reason: "한도 초과")), (200, refunded, .approved),
            (200, #"{"orderId":"a123","totPrice":18000,"status":"payCxlReq","reason":"r"}"#, .approved),
            (200, #"{"orderId":"a123","totPrice":18000,"status":"payReq"}"#, .unknown),
            (200, #"{"orderId":"a123","totPrice":1,"status":null}"#, .unknown),
            (200, #"{"orderId":"a123","totPrice":1,"status":"payDecline"}"#, .unknown),
            (200, #"{"orderId":"a123","status":null}"#, .unknown),
            (404, "", .notCharged), (200, "", .unknown), (200, "<html>", .unknown), (200, "{}", .unknown),
            (200, #"{"status":"UP"}"#, .unknown),
            (200, #"{"orderId":"other","totPrice":18000,"status":null}"#, .unknown),
            (200, #"{"orderId":"a123","totPrice":18000,"status":"dancing"}"#, .unknown), (200, "[]", .unknown),
            (200, "null", .unknown),
        ] as [(Int, String, Charge)])
    func inquiry(_ status: Int, _ body: String, _ expected: Charge) async throws {
        let server = try PaymentServer(status: status, body: body)
        #expect(await server.payments.inquire(transcriptDetails) == expected)
        await server.stop()
    }

    @Test("Only 404 means that nothing was charged")
    func onlyNotFound() async throws {
        let server = try PaymentServer(opens: false) { request in
            HTTPResponse(status: Int(request.query("orderId") ?? "") ?? 500)
        }
        let payments = server.payments
        for status in 200...599 where status != 404 {
            #expect(await payments.inquire(details("\(status)")) == .unknown, "\(status)")
        }
        #expect(await payments.inquire(details("404")) == .notCharged)
        await server.stop()
    }

    @Test("Any order id can be asked about", arguments: ["a b&c=d", "주문/1?", "100%", "a+b#c"])
    func escaped(_ orderId: String) async throws {
        let server = try PaymentServer { request in
            HTTPResponse(status: request.query("orderId") == orderId ? 404 : 500)
        }
        #expect(await server.payments.inquire(details(orderId)) == .notCharged)
        await server.stop()
    }

    // MARK: The breaker

    @Test("After ten failures payment is left alone")
    func opens() async throws {
        let server = try PaymentServer(status: 500)
        let payments = server.payments
        for _ in 1...9 {
            #expect(await payments.charge(transcriptDetails, expires: Timestamp(milliseconds: 0)) == .unknown)
        }
        #expect(payments.isAvailable)
        #expect(await payments.charge(transcriptDetails, expires: Timestamp(milliseconds: 0)) == .unknown)
        #expect(!payments.isAvailable)
        #expect(await payments.charge(transcriptDetails, expires: Timestamp(milliseconds: 0)) == .notCharged)
        #expect(server.received.count == 10)
        #expect(await payments.inquire(transcriptDetails) == .unknown)
        #expect(server.received.count == 11, "it is asked all the same")
        await server.stop()
    }

    @Test("Inquiries that are answered keep no breaker closed while charges fail, and close none")
    func inquiriesDoNotCount() async throws {
        let server = try PaymentServer(staysOpen: .zero) { HTTPResponse(status: $0.method == "GET" ? 404 : 500) }
        let payments = server.payments
        for _ in 1...10 {
            #expect(await payments.charge(transcriptDetails, expires: Timestamp(milliseconds: 0)) == .unknown)
            for _ in 1...2 { #expect(await payments.inquire(transcriptDetails) == .notCharged) }
        }
        #expect(server.breaker.state == .open)
        for _ in 1...3 { #expect(await payments.inquire(transcriptDetails) == .notCharged) }
        #expect(server.breaker.state != .closed)
        await server.stop()
    }

    @Test("Refusals are answers and leave the breaker closed", arguments: [402, 404, 408, 422])
    func refusals(_ status: Int) async throws {
        let server = try PaymentServer(status: status)
        for _ in 1...30 { _ = await server.payments.charge(transcriptDetails, expires: Timestamp(milliseconds: 0)) }
        #expect(server.payments.isAvailable)
        #expect(server.received.count == 30)
        await server.stop()
    }
}
