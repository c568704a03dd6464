import Contracts
import Foundation
import ServiceTestSupport
import Testing
import Time

@testable import OrderService

@Suite("Placing an order")
struct PlaceOrderTests {
    let payments = PaymentsDouble()

    @Test("A paid order is answered as the transcript shows, but with its status")
    func happy() async throws {
        let harness = try await OrderHarness.open(payments)
        let answer = try await harness.post("/orders", transcriptOrder, headers: [("Host", "localhost:8081")])
        #expect(answer.status == 201)
        #expect(answer.header("Location") == "http://localhost:8081/orders/1")
        let link: JSON = .object(["href": "http://localhost:8081/orders/1"])
        #expect(
            answer.json
                == .object([
                    "_links": .object(["self": link, "order": link, "cancel": link]),
                    "orderId": "a123", "custId": "hkh9405", "custAddr": "불정로 10", "custTel": "010-1234-5678",
                    "orderInfo": "김치찌개:1,제육볶음:2", "totPrice": 18000, "status": "orderCmplt",
                ]))
        #expect(payments.charged == [transcriptDetails])
        #expect(payments.expiries == [harness.clock.now + .seconds(2)])
    }

    @Test("A paid order is told to the others exactly once")
    func published() async throws {
        let harness = try await OrderHarness.open(payments)
        _ = try await harness.post("/orders", transcriptOrder)
        #expect(try await harness.placed() == [OrderPlaced(transcriptDetails)])
        let event = try #require(try await harness.published().first)
        #expect(event.key == "a123")
        #expect(event.topic == nil)
        let text = String(decoding: event.payload, as: UTF8.self)
        #expect(text.hasPrefix(#"{"eventType":"OrderPlaced","timestamp":\#(harness.clock.now.milliseconds),"#))
    }

    @Test(
        "The body is HAL unless plain JSON is asked for",
        arguments: [
            (nil, "application/hal+json"), ("*/*", "application/hal+json"),
            ("application/json, */*;q=0.5", "application/json"), ("application/hal+json", "application/hal+json"),
        ] as [(String?, String)])
    func contentType(_ accept: String?, _ expected: String) async throws {
        let harness = try await OrderHarness.open(payments)
        let headers = accept.map { [("Accept", $0)] } ?? []
        let answer = try await harness.post("/orders", transcriptOrder, headers: headers)
        #expect(answer.header("Content-Type") == expected)
    }

    @Test("A dish that is spelled in pieces, as some systems do, is the dish of the menu")
    func decomposed() async throws {
        let harness = try await OrderHarness.open(payments)
        let inPieces = transcriptOrder.decomposedStringWithCanonicalMapping
        #expect(inPieces.unicodeScalars.count > transcriptOrder.unicodeScalars.count)
        #expect(try await harness.post("/orders", inPieces).status == 201)
        #expect(payments.charged.first?.orderInfo.utf8.elementsEqual("김치찌개:1,제육볶음:2".utf8) == true)
    }

    @Test("Dishes may come as a list, and the price as a number")
    func items() async throws {
        let harness = try await OrderHarness.open(payments)
        let answer = try await harness.post(
            "/orders",
            #"{"custId":"c","items":[{"name":"김치찌개","qty":1},{"name":"제육볶음","qty":"2"}],"totPrice":18000}"#)
        #expect(answer.status == 201)
        #expect(answer["orderInfo"] == "김치찌개:1,제육볶음:2")
        #expect(answer["orderId"]?.text?.isEmpty == false)
        #expect(payments.charged.first?.items == transcriptDetails.items)
    }

    @Test("Without an order id every request is an order of its own")
    func freshIds() async throws {
        let harness = try await OrderHarness.open(payments)
        let body = #"{"custId":"c","orderInfo":"비빔밥:1","totPrice":7000}"#
        let first = try await harness.post("/orders", body)
        let second = try await harness.post("/orders", body)
        #expect(first["orderId"] != second["orderId"])
        #expect(try await harness.placed().count == 2)
    }

    @Test("A dish that is named twice is one dish, for the customer and for the others")
    func sameDishTwice() async throws {
        let harness = try await OrderHarness.open(payments)
        let answer = try await harness.post(
            "/orders", #"{"orderId":"a","custId":"c","orderInfo":"비빔밥:1,비빔밥:2","totPrice":21000}"#)
        #expect(answer.status == 201)
        let order = try #require(try await harness.placed().first?.details)
        #expect(order.items == [OrderItem(name: "비빔밥", qty: 3)])
        #expect(OrderItem.parse(order.orderInfo) == order.items, "payment and store read orderInfo")
    }

    @Test("An order of another store carries its number")
    func otherStore() async throws {
        let harness = try await OrderHarness.open(payments)
        try await harness.announce(id: 9, "냉면", price: 9000, storeId: 2)
        let answer = try await harness.post(
            "/orders", #"{"custId":"c","orderInfo":"냉면:1","totPrice":9000,"storeId":2}"#)
        #expect(answer.status == 201)
        #expect(answer["storeId"] == 2)
    }

    @Test("A declined order is answered 402 and tells nobody")
    func declined() async throws {
        payments.whenCharged(.declined(reason: "한도 초과"))
        let harness = try await OrderHarness.open(payments)
        for _ in 1...2 {
            let answer = try await harness.post("/orders", transcriptOrder)
            #expect(answer.status == 402)
            #expect(answer["detail"] == "한도 초과")
        }
        #expect(payments.charged.count == 1, "a repetition asks nobody")
        #expect(try await harness.published().isEmpty)
        let order = try await harness.get("/orders/1")
        #expect(order["status"] == "payCxl")
        #expect(order["reason"] == "한도 초과")
    }

    @Test("When payment certainly did not charge and nobody can wait, nothing is left of the order")
    func notCharged() async throws {
        payments.whenCharged(.notCharged)
        let harness = try await OrderHarness.open(payments, environment: UnansweredPaymentTests.full)
        let answer = try await harness.post("/orders", transcriptOrder)
        #expect(answer.status == 503)
        #expect(answer.header("Retry-After") == "5")
        #expect(answer.header("Content-Type") == "application/problem+json")
        #expect(answer.json.names.isSuperset(of: ["timestamp", "status", "error", "message", "path"]))
        #expect(answer["status"] == 503)
        #expect(answer["error"] == "Service Unavailable")
        #expect(answer["path"] == "/orders")
        #expect(try await harness.orderCount() == 0)
        #expect(try await harness.published().isEmpty)
    }

    @Test("After a payment that did not charge the same order can be placed")
    func secondTry() async throws {
        payments.whenCharged(.notCharged)
        let harness = try await OrderHarness.open(payments, environment: UnansweredPaymentTests.full)
        _ = try await harness.post("/orders", transcriptOrder)
        payments.whenCharged(.approved)
        #expect(try await harness.post("/orders", transcriptOrder).status == 201)
        #expect(try await harness.placed().count == 1)
    }

    @Test("While the breaker is open and nobody can wait, an order is refused and nothing is stored")
    func shutOff() async throws {
        payments.shutOff()
        let harness = try await OrderHarness.open(payments, environment: UnansweredPaymentTests.full)
        let answer = try await harness.post("/orders", transcriptOrder)
        #expect(answer.status == 503)
        #expect(answer.header("Retry-After") == "5")
        #expect(try await harness.orderCount() == 0)
        #expect(payments.charged.isEmpty)
    }

    @Test("While the breaker is open a wrong order is told so all the same")
    func shutOffAndWrong() async throws {
        payments.shutOff()
        let harness = try await OrderHarness.open(payments)
        #expect(try await harness.post("/orders", #"{"custId":"c","orderInfo":"피자:1","totPrice":1}"#).status == 422)
    }

    @Test("Before any store has announced its menu an order is refused for now")
    func menuUnknown() async throws {
        let payments = payments
        let harness = try await OrderHarness { try OrderService($0, payments: payments) }
        let answer = try await harness.post("/orders", transcriptOrder)
        #expect(answer.status == 503)
        #expect(answer.header("Retry-After") == "2")
        #expect(try await harness.orderCount() == 0)
        #expect(payments.charged.isEmpty)
    }
}
