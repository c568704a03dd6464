import Contracts
import ServiceTestSupport
import Testing

@testable import StoreService

@Suite("The owner's answer")
struct OwnerCommandTests {
    private func received() async throws -> StoreHarness {
        let harness = try await StoreHarness()
        try await harness.receive()
        return harness
    }

    @Test("An accepted order says when it will be ready, to everybody")
    func acceptedByMinutes() async throws {
        let harness = try await received()
        let answer = try await harness.put("/orderManages/1/accept", #"{"cookMinutes":"25"}"#)
        #expect(answer.status == 200)
        #expect(answer["status"] == "orderAccept")
        #expect(answer["cmpltTime"] == "2026-11-21T10:25:00.000Z")
        let event: OrderAccepted = try #require(try await harness.published("OrderAccepted").first).decode()
        var expected = OrderAccepted(
            orderId: "a123", storeId: 1, cmpltTime: "2026-11-21T10:25:00.000Z", storeLat: 37.3595, storeLon: 127.1052)
        (expected.storeName, expected.storeAddress) = ("배달의민족 본점", "경기도 성남시 분당구 불정로 6")
        (expected.custAddr, expected.custTel, expected.orderInfo) = ("불정로 10", "010-1234-5678", "김치찌개:1,제육볶음:2")
        #expect(event == expected)
        #expect(try await harness.rows("deadlines") == 1, "the start of cooking is waited for")
    }

    @Test(
        "The time may be given with any offset",
        arguments: ["2026-11-21T10:00:00.001Z", "2026-11-21T19:30:00+09:00", "2026-11-22T10:00:00Z"])
    func acceptedByTime(_ time: String) async throws {
        let harness = try await received()
        let answer = try await harness.put("/orderManages/1/accept", #"{"cmpltTime":"\#(time)"}"#)
        #expect(answer.status == 200)
        #expect(answer["cmpltTime"]?.text == time)
    }

    /// Each with the member that is wrong.
    static let wrongTimes = [
        (#"{"cmpltTime":"2026-11-21T10:00:00Z"}"#, "cmpltTime"),
        (#"{"cmpltTime":"2000-01-01T00:00:00Z"}"#, "cmpltTime"),
        (#"{"cmpltTime":"2026-11-22T10:00:01Z"}"#, "cmpltTime"),
        (#"{"cmpltTime":"2026-11-21T11:00:00"}"#, "cmpltTime"),
        (#"{"cmpltTime":"2026-11-21"}"#, "cmpltTime"), (#"{"cmpltTime":"soon"}"#, "cmpltTime"),
        (#"{"cmpltTime":"2026-11-21T10:30:00.000000000000000000Z"}"#, "cmpltTime"),  // No event could carry it.
        (#"{"cmpltTime":""}"#, "cmpltTime"), (#"{"cmpltTime":7}"#, "cmpltTime"),
        (#"{"cmpltTime":"2026-11-21T11:00:00Z and more"}"#, "cmpltTime"),
        (#"{"cookMinutes":0}"#, "cookMinutes"), (#"{"cookMinutes":-1}"#, "cookMinutes"),
        (#"{"cookMinutes":1441}"#, "cookMinutes"), (#"{"cookMinutes":1.5}"#, "cookMinutes"),
        (#"{"cookMinutes":9223372036854775807}"#, "cookMinutes"), ("{}", "cookMinutes"),
    ]

    @Test("A time that cannot be is refused and nothing changes", arguments: wrongTimes)
    func badTime(_ body: String, _ field: String) async throws {
        let harness = try await received()
        let answer = try await harness.put("/orderManages/1/accept", body)
        #expect(answer.status == 422)
        #expect(answer.wrongFields == [field])
        #expect(try await harness.get("/orderManages/1")["status"] == "orderCmplt")
        #expect(try await harness.told() == ["StockDecreased"])
        #expect(try await harness.rows("deadlines") == 1)
    }

    @Test("A delay, and food that is ready sooner, change the time and are told to everybody")
    func delayed() async throws {
        let harness = try await received()
        _ = try await harness.move("accept")
        let (later, sooner) = ("2026-11-21T10:45:00.000Z", "2026-11-21T19:20:00+09:00")
        let answer = try await harness.put("/orderManages/1/delay", #"{"cookMinutes":"45"}"#)
        #expect(answer.status == 200)
        #expect(answer["status"] == "orderAccept")
        #expect(answer["cmpltTime"]?.text == later)
        _ = try await harness.move("startCooking")
        let again = try await harness.put("/orderManages/1/delay", #"{"cmpltTime":"\#(sooner)"}"#)
        #expect(again.status == 200)
        #expect(again["status"] == "cookStart")
        #expect(again["cmpltTime"]?.text == sooner)
        #expect(try await harness.get("/orderManages/1").json == again.json)
        let events: [CookDelayed] = try await harness.published("CookDelayed").map { try $0.decode() }
        #expect(
            events == [
                CookDelayed(orderId: "a123", cmpltTime: later, version: 3),
                CookDelayed(orderId: "a123", cmpltTime: sooner, version: 5),
            ])
        #expect(try await harness.published("CookDelayed").map(\.key) == ["a123", "a123"])
    }

    @Test("A delay to a time that cannot be is refused and nothing changes", arguments: wrongTimes)
    func badDelay(_ body: String, _ field: String) async throws {
        let harness = try await received()
        let accepted = try await harness.move("accept")
        let answer = try await harness.put("/orderManages/1/delay", body)
        #expect(answer.status == 422)
        #expect(answer.wrongFields == [field])
        #expect(try await harness.get("/orderManages/1").json == accepted.json)
        #expect(try await harness.told() == ["StockDecreased", "OrderAccepted"])
    }

    @Test("A delay for another version than the present is refused and changes nothing")
    func staleDelay() async throws {
        let harness = try await received()
        let accepted = try await harness.move("accept")
        let tag = try #require(accepted.header("ETag"))
        #expect(try await harness.move("delay", headers: [("If-Match", #""1""#)]).status == 412)
        #expect(try await harness.get("/orderManages/1").json == accepted.json)
        #expect(try await harness.told() == ["StockDecreased", "OrderAccepted"])
        #expect(try await harness.move("delay", headers: [("If-Match", tag)]).status == 200)
    }

    @Test("A rejected order says why, and its stock goes back once")
    func rejected() async throws {
        let harness = try await received()
        let answer = try await harness.move("reject")
        #expect(answer["status"] == "orderReject")
        #expect(answer["reason"] == "재료 소진")
        #expect(try await harness.stock() == [100_000, 100_000, 100_000, 100_000])
        #expect(try await harness.told() == ["StockDecreased", "OrderRejected", "StockIncreased"])
        let levels: StockIncreased = try #require(try await harness.published("StockIncreased").first).decode()
        #expect(levels.items.map(\.stock) == [100_000, 100_000])
        #expect(levels.items.map(\.version) == [3, 3])
        #expect(try await harness.move("reject").status == 409)
        #expect(try await harness.stock() == [100_000, 100_000, 100_000, 100_000])
        #expect(try await harness.wrongBooks() == 0)
        #expect(try await harness.rows("deadlines") == 0)
    }

    @Test("A rejection without a usable reason is refused", arguments: ["{}", #"{"reason":" "}"#, #"{"reason":null}"#])
    func noReason(_ body: String) async throws {
        let harness = try await received()
        let answer = try await harness.put("/orderManages/1/reject", body)
        #expect(answer.status == 422)
        #expect(answer.wrongFields == ["reason"])
        #expect(try await harness.get("/orderManages/1")["status"] == "orderCmplt")
    }

    @Test("A reason that is too long is refused")
    func longReason() async throws {
        let harness = try await received()
        let reason = String(repeating: "x", count: 501)
        #expect(try await harness.put("/orderManages/1/reject", #"{"reason":"\#(reason)"}"#).status == 422)
    }

    @Test(
        "A command on an order that is not there is 404",
        arguments: ["accept", "reject", "startCooking", "finishCooking", "delay"])
    func unknown(_ move: String) async throws {
        let harness = try await received()
        #expect(try await harness.move(move, 99).status == 404)
        #expect(try await harness.put("/orderManages/x/\(move)", #"{"cookMinutes":1,"reason":"x"}"#).status == 404)
    }

    @Test(
        "A command for another version than the present is refused and changes nothing",
        arguments: ["accept", "reject"])
    func stale(_ move: String) async throws {
        let harness = try await received()
        let tag = try #require(try await harness.get("/orderManages/1").header("ETag"))
        #expect(try await harness.move(move, headers: [("If-Match", #""77""#)]).status == 412)
        #expect(try await harness.get("/orderManages/1").header("ETag") == tag)
        #expect(try await harness.told() == ["StockDecreased"])
        #expect(try await harness.move(move, headers: [("If-Match", tag)]).status == 200)
    }

    @Test("Of two owners who answer at once one wins")
    func race() async throws {
        let harness = try await received()
        async let one = harness.move("accept")
        async let other = harness.move("reject")
        let statuses = try await [one.status, other.status]
        #expect(statuses.sorted() == [200, 409])
        #expect(try await harness.wrongBooks() == 0)
    }

    @Test("An order that nobody answers is rejected when its time is up, with its stock back")
    func unanswered() async throws {
        let harness = try await received()
        harness.clock.advance(milliseconds: 299_999)
        try await harness.runDeadlines()
        #expect(try await harness.get("/orderManages/1")["status"] == "orderCmplt")
        harness.clock.advance(milliseconds: 1)
        for _ in 1...2 { try await harness.runDeadlines() }
        #expect(try await harness.get("/orderManages/1")["status"] == "orderReject")
        #expect(try await harness.told() == ["StockDecreased", "OrderRejected", "StockIncreased"])
        #expect(try await harness.stock() == [100_000, 100_000, 100_000, 100_000])
        #expect(try await harness.move("accept").status == 409)
    }

    @Test("An order that was answered in time is left alone", arguments: ["accept", "reject"])
    func answered(_ move: String) async throws {
        let harness = try await received()
        let answer = try await harness.move(move)
        harness.clock.advance(seconds: 3_600)
        try await harness.runDeadlines()
        #expect(try await harness.get("/orderManages/1")["status"] == answer["status"])
        #expect(try await harness.published("OrderRejected").count == (move == "reject" ? 1 : 0))
    }

    @Test("How long the owner has is a setting")
    func setting() async throws {
        let harness = try await StoreHarness(["STORE_ANSWER_SECONDS": "2"])
        try await harness.receive()
        harness.clock.advance(seconds: 2)
        try await harness.runDeadlines()
        #expect(try await harness.get("/orderManages/1")["status"] == "orderReject")
    }
}
