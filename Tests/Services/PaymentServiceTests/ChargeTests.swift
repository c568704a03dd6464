import Contracts
import ServiceTestSupport
import Testing

@testable import PaymentService

@Suite("Charging a customer")
struct ChargeTests {
    @Test("A charge is answered as the transcript shows, with a status that is null, and the link to give it back")
    func approved() async throws {
        let harness = try await PaymentHarness()
        let answer = try await harness.post("/pays", payBody(), headers: [("Host", "localhost:8082")])
        #expect(answer.status == 201)
        #expect(answer.header("Location") == "http://localhost:8082/pays/1")
        let link: JSON = .object(["href": "http://localhost:8082/pays/1"])
        let cancel: JSON = .object(["href": "http://localhost:8082/pays/1/cancel"])
        #expect(
            answer.json
                == .object([
                    "_links": .object(["self": link, "pay": link, "cancel": cancel]),
                    "orderId": "a123", "custId": "hkh9405", "custAddr": "불정로 10", "custTel": "010-1234-5678",
                    "orderInfo": "김치찌개:1,제육볶음:2", "totPrice": 18000, "status": .null,
                ]))
        #expect(String(decoding: answer.body, as: UTF8.self).contains(#""status":null"#))
        #expect(try await harness.get("/pays").embedded("pays") == [localhost(answer.json)])
    }

    /// The same with the links of a request that names no host.
    private func localhost(_ json: JSON) -> JSON {
        guard case .object(var members) = json else { return json }
        let link: JSON = .object(["href": "http://localhost/pays/1"])
        let cancel: JSON = .object(["href": "http://localhost/pays/1/cancel"])
        members["_links"] = .object(["self": link, "pay": link, "cancel": cancel])
        return .object(members)
    }

    @Test("A charge stands in the books and is told to the others once")
    func booked() async throws {
        let harness = try await PaymentHarness()
        _ = try await harness.post("/pays", payBody())
        #expect(try await harness.ledger() == ["charge 18000"])
        #expect(try await harness.published().map(\.type) == ["PaymentApproved"])
        let event: PaymentApproved = try #require(try await harness.published().first).decode()
        #expect(event == PaymentApproved(details, payId: 1))
        #expect(try await harness.published().first?.key == "a123")
    }

    @Test("The limit of the card decides", arguments: [(17_999, 402), (18_000, 201), (18_001, 201)])
    func limit(_ limit: Int, _ status: Int) async throws {
        let harness = try await PaymentHarness(["PAY_LIMIT": "\(limit)"])
        #expect(try await harness.post("/pays", payBody()).status == status)
    }

    @Test("A declined payment is not charged and told to nobody, and stays declined")
    func declined() async throws {
        let harness = try await PaymentHarness(["PAY_LIMIT": "100"])
        for _ in 1...2 {
            let answer = try await harness.post("/pays", payBody())
            #expect(answer.status == 402)
            #expect(answer["detail"]?.text?.isEmpty == false)
        }
        #expect(try await harness.ledger().isEmpty)
        #expect(try await harness.published().isEmpty)
        let pay = try await harness.get("/pays/search/findByOrderId?orderId=a123")
        #expect(pay["status"] == "payDecline")
        #expect(pay["reason"]?.text?.isEmpty == false)
    }

    @Test("The same charge again is answered as before and charges nothing")
    func repeated() async throws {
        let harness = try await PaymentHarness()
        let first = try await harness.post("/pays", payBody())
        let second = try await harness.post("/pays", payBody())
        #expect(second.status == 201)
        #expect(second.json == first.json)
        #expect(second.header("Location") == first.header("Location"))
        #expect(try await harness.ledger().count == 1)
        #expect(try await harness.published().count == 1)
    }

    @Test("The same request with the same key charges once and answers the same, also when the card is refused")
    func repeatedWithKey() async throws {
        for (limit, status) in [("18000", 201), ("100", 402)] {
            let harness = try await PaymentHarness(["PAY_LIMIT": limit])
            let key = [("Idempotency-Key", "k1")]
            let first = try await harness.post("/pays", payBody(), headers: key)
            harness.clock.advance(seconds: 1)
            let second = try await harness.post("/pays", payBody(), headers: key)
            #expect(first.status == status)
            #expect(second.status == status)
            #expect(second.body == first.body)
            for name in ["Location", "ETag", "Content-Type"] { #expect(second.header(name) == first.header(name)) }
            #expect(try await harness.number("SELECT count(*) FROM pays") == 1)
            #expect(try await harness.number("SELECT count(*) FROM idempotency_keys") == 1)
        }
    }

    @Test("Another request with a used key is refused and charges nothing; the key of a refused one stays free")
    func keyReused() async throws {
        let harness = try await PaymentHarness()
        let key = [("Idempotency-Key", "k1")]
        let late = key + [("Request-Expires", "2000-01-01T00:00:00Z")]
        #expect(try await harness.post("/pays", payBody("other"), headers: late).status == 408)
        #expect(try await harness.post("/pays", payBody(), headers: key).status == 201)
        #expect(try await harness.post("/pays", payBody("other"), headers: key).status == 422)
        #expect(try await harness.post("/pays", payBody("other"), headers: [("Idempotency-Key", "")]).status == 400)
        #expect(try await harness.books() == 18_000)
    }

    @Test("Many at once charge once")
    func storm() async throws {
        let harness = try await PaymentHarness()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 1...30 { group.addTask { try await harness.post("/pays", payBody()).status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 201, count: 30))
        #expect(try await harness.ledger() == ["charge 18000"])
        #expect(try await harness.published().count == 1)
    }

    @Test("Another charge for the same order is refused")
    func otherDetails() async throws {
        let harness = try await PaymentHarness()
        _ = try await harness.post("/pays", payBody())
        for body in [payBody(price: 18_001), payBody(custId: "other")] {
            let answer = try await harness.post("/pays", body)
            #expect(answer.status == 422)
            #expect(answer.wrongFields == ["orderId"])
        }
        #expect(try await harness.books() == 18_000)
    }

    @Test("A request that waited too long charges nobody")
    func expired() async throws {
        let harness = try await PaymentHarness()
        let answer = try await harness.post(
            "/pays", payBody(), headers: [("Request-Expires", "2026-11-21T09:59:59.999Z")])
        #expect(answer.status == 408)
        #expect(try await harness.ledger().isEmpty)
        #expect(try await harness.published().isEmpty)
        #expect(try await harness.get("/pays/search/findByOrderId?orderId=a123").status == 404)
    }

    @Test("A request in time charges, also in its last moment")
    func inTime() async throws {
        let harness = try await PaymentHarness()
        let headers = [("Request-Expires", "2026-11-21T19:00:00.000+09:00")]
        #expect(try await harness.post("/pays", payBody(), headers: headers).status == 201)
    }

    @Test("An expired repetition of a charge that happened is told that it happened")
    func expiredRepetition() async throws {
        let harness = try await PaymentHarness()
        _ = try await harness.post("/pays", payBody())
        let headers = [("Request-Expires", "2000-01-01T00:00:00Z")]
        #expect(try await harness.post("/pays", payBody(), headers: headers).status == 201)
    }

    @Test("A time that is none is refused")
    func noTime() async throws {
        let harness = try await PaymentHarness()
        #expect(try await harness.post("/pays", payBody(), headers: [("Request-Expires", "soon")]).status == 400)
        #expect(try await harness.ledger().isEmpty)
    }

    @Test(
        "Each wrong member is named",
        arguments: [
            ("{}", ["orderId", "custId", "totPrice", "orderInfo"]),
            (#"{"orderId":"a","custId":"c","orderInfo":"비빔밥:1","totPrice":0}"#, ["totPrice"]),
            (#"{"orderId":"a","custId":"c","orderInfo":"비빔밥:1","totPrice":-5}"#, ["totPrice"]),
            (#"{"orderId":"a","custId":"c","orderInfo":"비빔밥","totPrice":5}"#, ["orderInfo"]),
            (#"{"orderId":"a","custId":"c","orderInfo":"비빔밥:0","totPrice":5}"#, ["orderInfo"]),
            (#"{"orderId":"a","custId":"c","orderInfo":"비빔밥:-9223372036854775808","totPrice":5}"#, ["orderInfo"]),
            (#"{"orderId":"a","custId":"c","orderInfo":"비빔밥:1,비빔밥:2","totPrice":5}"#, ["orderInfo"]),
            (#"{"orderId":"","custId":"","orderInfo":"비빔밥:1","totPrice":5}"#, ["orderId", "custId"]),
        ])
    func wrong(_ body: String, _ fields: [String]) async throws {
        let harness = try await PaymentHarness()
        let answer = try await harness.post("/pays", body)
        #expect(answer.status == 422)
        #expect(answer.wrongFields == fields)
        #expect(try await harness.number("SELECT count(*) FROM pays") == 0)
    }

    @Test("An order that is too long for an event is refused before it is charged")
    func tooLong() async throws {
        let harness = try await PaymentHarness()
        let dishes = (1...50_000).map { "dish\($0):1" }.joined(separator: ",")
        let answer = try await harness.post(
            "/pays", #"{"orderId":"a","custId":"c","orderInfo":"\#(dishes)","totPrice":5}"#)
        #expect(answer.status == 422)
        #expect(answer.wrongFields == ["orderInfo"])
    }

    @Test("A limit that is no number ends the start", arguments: ["x", "-1", "1.5"])
    func badLimit(_ limit: String) async throws {
        await #expect(throws: (any Error).self) { try await PaymentHarness(["PAY_LIMIT": limit]) }
    }
}
