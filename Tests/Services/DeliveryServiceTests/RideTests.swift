import Contracts
import ServiceTestSupport
import Testing

@testable import DeliveryService

@Suite("A rider takes a delivery, and brings it")
struct RideTests {
    @Test("All the way to the customer, by the links")
    func walk() async throws {
        let harness = try await DeliveryHarness.searching(riders: 2)
        let offered = try await harness.get("/deliveries/1")
        #expect(offered.links == ["self", "delivery", "accept", "decline"])
        #expect(try await harness.get("/riders/1").links.contains("delivery"))
        let accepted = try await harness.command("accept")
        #expect(accepted.status == 200)
        #expect(accepted["status"] == "riderAssign")
        #expect(accepted["riderId"] == 1)
        #expect(accepted.links == ["self", "delivery", "rider", "release"])
        let early = try await harness.command("pick")
        #expect(early.status == 409)
        #expect(early["message"] == "조리가 끝난 뒤에 픽업할 수 있습니다.")
        try await harness.deliver(CookStarted(orderId: "a123"))
        #expect(try await harness.get("/deliveries/1")["cookStatus"] == "cookStart")
        try await harness.deliver(CookFinished(orderId: "a123"))
        #expect(try await harness.get("/deliveries/1").links == ["self", "delivery", "rider", "release", "pick"])
        let picked = try await harness.command("pick")
        #expect(picked["status"] == "deliveryStart")
        #expect(picked.links == ["self", "delivery", "rider", "deliver"])
        let delivered = try await harness.command("deliver")
        #expect(delivered["status"] == "deliveryCmplt")
        #expect(delivered["deliveredAt"] == "2026-11-21T10:00:00.000Z")
        #expect(try await harness.told() == ["RiderOffered", "RiderAssigned", "Picked", "Delivered"])
        let assigned: RiderAssigned = try #require(try await harness.published("RiderAssigned").first).decode()
        #expect(
            assigned
                == RiderAssigned(
                    orderId: "a123", riderId: 1, riderName: "라이더1", riderTel: "010-1", distance: 111, version: 3))
        #expect(try await harness.wrongRiders() == 0)
        #expect(try await harness.number("SELECT count(*) FROM deadlines") == 0)
        let event: Delivered = try #require(try await harness.published("Delivered").first).decode()
        try await harness.deliver(event)
        let trips = try await harness.get("/cmpltTrts/search/findByRiderId?riderId=1").embedded("cmpltTrts")
        #expect(trips.map { $0["orderId"] } == ["a123"])
        #expect(try await harness.get("/cmpltTrts/search/findByRiderId?riderId=2").embedded("cmpltTrts").isEmpty)
    }

    @Test("Riders see the deliveries near them, the nearest first, until somebody has them")
    func near() async throws {
        let harness = try await DeliveryHarness.open(riders: 1)
        try await harness.deliver(accepted())
        var second = accepted("b")
        second.storeLat += 0.01
        try await harness.deliver(second)
        func near(_ km: String) async throws -> [JSON] {
            let query = "lat=\(store.lat + 0.001)&lon=\(store.lon)&km=\(km)"
            return try await harness.get("/deliveryInfos/search/findNear?\(query)").embedded("deliveryInfos")
        }
        #expect(try await near("3").map { $0["orderId"] } == ["a123", "b"])
        #expect(try await near("3").compactMap { $0["distance"]?.int } == [111, 1001])
        #expect(try await near("0.5").map { $0["orderId"] } == ["a123"])
        #expect(try await near("0.1").isEmpty)
        let info = try #require(try await near("1").first)
        #expect(info["storeName"] == "배달의민족 본점")
        #expect(info["custAddr"] == "불정로 10")
        #expect(info["custTel"] == nil, "not everybody's business")
        try await harness.pass(seconds: 600)
        #expect(try await near("0.5").map { $0["status"] } == ["riderOffer"])
        _ = try await harness.command("accept")
        #expect(try await near("0.5").isEmpty)
        #expect(try await harness.get("/deliveryInfos/search/findByOrderId?orderId=a123")["status"] == "riderAssign")
    }

    @Test("Who was not fast enough is told so, and is free")
    func second() async throws {
        let harness = try await DeliveryHarness.searching(riders: 3)
        _ = try await harness.command("decline")
        #expect(try await harness.command("accept", rider: 3).status == 200)
        let answer = try await harness.command("accept", rider: 2)
        #expect(answer.status == 409)
        #expect(answer["message"] == "다른 라이더가 먼저 수락했거나 취소된 배달입니다.")
        #expect(try await harness.offers() == ["1 declined", "2 closed", "3 accepted"])
        #expect(try await harness.wrongRiders() == 0)
    }

    private func harness(_ before: String) async throws -> DeliveryHarness {
        if before == "wait" {
            let harness = try await DeliveryHarness.open(riders: 2)
            try await harness.deliver(accepted())
            return harness
        }
        if before == "search" { return try await .searching(riders: 2) }
        let harness = try await DeliveryHarness.assigned()
        let commands = ["pick": ["pick"], "end": ["pick", "deliver"]]
        for command in commands[before, default: []] { _ = try await harness.command(command) }
        return harness
    }

    /// What was done before, the command, the rider or the whole body, and the answer.
    static let wrong: [(before: String, command: String, body: String, status: Int, fields: [String])] = [
        ("search", "accept", "{}", 422, ["riderId"]), ("search", "accept", #"{"riderId":null}"#, 422, ["riderId"]),
        ("search", "accept", #"{"riderId":"kim"}"#, 422, ["riderId"]),
        ("search", "accept", #"{"riderId":1.5}"#, 422, ["riderId"]),
        ("search", "accept", #"{"riderId":-1}"#, 422, ["riderId"]),
        ("search", "accept", #"{"riderId":9223372036854775807}"#, 422, ["riderId"]),
        ("search", "accept", #"{"riderId":99999999999999999999}"#, 422, ["riderId"]),
        ("search", "accept", #"{"riderId":[1]}"#, 422, ["riderId"]), ("search", "accept", "", 400, []),
        ("search", "accept", #"{"riderId":2}"#, 409, []), ("search", "decline", #"{"riderId":2}"#, 409, []),
        ("search", "pick", #"{"riderId":1}"#, 409, []), ("search", "deliver", #"{"riderId":1}"#, 409, []),
        ("assign", "accept", #"{"riderId":1}"#, 409, []), ("assign", "decline", #"{"riderId":1}"#, 409, []),
        ("assign", "accept", #"{"riderId":2}"#, 409, []), ("assign", "deliver", #"{"riderId":1}"#, 409, []),
        ("assign", "pick", #"{"riderId":2}"#, 409, []), ("assign", "pick", #"{"riderId":7}"#, 422, ["riderId"]),
        ("pick", "pick", #"{"riderId":1}"#, 409, []), ("pick", "deliver", #"{"riderId":2}"#, 409, []),
        ("pick", "deliver", #"{"riderId":"x"}"#, 422, ["riderId"]),
        ("search", "release", #"{"riderId":1}"#, 409, []), ("assign", "release", #"{"riderId":2}"#, 409, []),
        ("pick", "release", #"{"riderId":1}"#, 409, []), ("end", "release", #"{"riderId":1}"#, 409, []),
        ("assign", "release", "{}", 422, ["riderId"]), ("assign", "release", "", 400, []),
        ("assign", "release", #"{"riderId":1,"reason":" "}"#, 422, ["reason"]),
        ("assign", "release", #"{"riderId":1,"reason":7}"#, 422, ["reason"]),
        ("assign", "release", #"{"riderId":1,"reason":"\#(String(repeating: "x", count: 501))"}"#, 422, ["reason"]),
    ]

    @Test("What is not theirs to do is refused, and nothing is stored", arguments: 0..<wrong.count)
    func refused(_ number: Int) async throws {
        let (before, command, body, status, fields) = Self.wrong[number]
        let harness = try await self.harness(before)
        let stored = try await harness.stored()
        let answer = try await harness.put("/deliveries/1/\(command)", body)
        #expect(answer.status == status)
        #expect(answer.wrongFields == fields)
        #expect(answer["message"]?.text?.isEmpty == false)
        #expect(try await harness.stored() == stored)
    }

    @Test(
        "A command on a delivery that is not there is 404, for another version 412",
        arguments: ["accept", "decline", "release", "pick", "deliver"])
    func unknown(_ command: String) async throws {
        let harness = try await DeliveryHarness.searching(riders: 1)
        #expect(try await harness.command(command, 99).status == 404)
        #expect(try await harness.put("/deliveries/x/\(command)", #"{"riderId":1}"#).status == 404)
        #expect(try await harness.command(command, headers: [("If-Match", #""77""#)]).status == 412)
        #expect(try await harness.status() == "riderOffer")
    }

    @Test("Who does not come for the food is released half an hour after it was cooked, and another one is asked")
    func released() async throws {
        let harness = try await DeliveryHarness.assigned(isCooked: false)
        try await harness.pass(seconds: 1000)
        try await harness.deliver(CookFinished(orderId: "a123"))
        try await harness.pass(seconds: 1799)
        #expect(try await harness.status() == "riderAssign")
        try await harness.pass(seconds: 1)
        #expect(try await harness.status() == "riderSearch")
        #expect(try await harness.told().last == "RiderReleased")
        #expect(try await harness.get("/riders/1")["available"] == false)
        try await harness.runDeadlines()
        #expect(try await harness.offers() == ["1 lapsed", "2 open"])
        #expect(try await harness.wrongRiders() == 0)
        #expect(try await harness.command("accept").status == 409)
        _ = try await harness.command("accept", rider: 2)
        #expect(try await harness.command("pick", rider: 1).status == 409)
        #expect(try await harness.command("pick", rider: 2).status == 200)
    }

    @Test(
        "Who gives a delivery back stays available, is not asked for it again, and another one is asked",
        arguments: [("", "라이더가 배달을 맡을 수 없게 되었습니다."), (#","reason":"타이어 펑크""#, "타이어 펑크")])
    func givenBack(_ said: String, _ reason: String) async throws {
        let harness = try await DeliveryHarness.assigned(isCooked: false)
        let answer = try await harness.put("/deliveries/1/release", #"{"riderId":1\#(said)}"#)
        #expect(answer.status == 200)
        #expect(answer["status"] == "riderSearch")
        #expect(answer["riderId"] == nil)
        let released: RiderReleased = try #require(try await harness.published("RiderReleased").first).decode()
        #expect(released == RiderReleased(orderId: "a123", riderId: 1, reason: reason, version: 4))
        #expect(try await harness.get("/riders/1")["available"] == true)
        #expect(try await harness.command("release").status == 409)
        try await harness.runDeadlines()
        #expect(try await harness.offers() == ["1 declined", "2 open"])
        #expect(try await harness.wrongRiders() == 0)
        #expect(try await harness.command("decline", rider: 2)["status"] == "riderSearch")
        #expect(try await harness.command("accept").status == 409)
    }

    @Test("Food that is delayed before its rider gives it back has its whole search after it is ready")
    func givenBackDelayed() async throws {
        let harness = try await DeliveryHarness.assigned(riders: 1, isCooked: false)
        try await harness.deliver(CookDelayed(orderId: "a123", cmpltTime: "2026-11-21T11:10:00Z", version: 3))
        _ = try await harness.command("release")
        try await harness.pass(seconds: 7799)
        #expect(try await harness.status() == "riderSearch")
        try await harness.pass(seconds: 1)
        #expect(try await harness.status() == "deliveryFail")
    }

    @Test("Food that does not arrive fails the delivery, and its rider gets no more offers")
    func failed() async throws {
        let harness = try await DeliveryHarness.assigned()
        _ = try await harness.command("pick")
        try await harness.pass(seconds: 7199)
        #expect(try await harness.status() == "deliveryStart")
        try await harness.pass(seconds: 1)
        #expect(try await harness.status() == "deliveryFail")
        #expect(try await harness.told().last == "DeliveryFailed")
        #expect(try await harness.get("/riders/1")["available"] == false)
        #expect(try await harness.wrongRiders() == 0)
    }

    @Test("A rider waits as long as the kitchen does, and is free when the store gives the order up")
    func uncooked() async throws {
        let harness = try await DeliveryHarness.assigned(isCooked: false)
        try await harness.pass(seconds: 100_000)
        #expect(try await harness.status() == "riderAssign")
        try await harness.deliver(OrderCanceled(orderId: "a123", reason: "조리 지연"))
        #expect(try await harness.get("/riders/1")["available"] == true)
        #expect(try await harness.wrongRiders() == 0)
    }

    @Test("An order that is canceled is taken from whoever has it", arguments: ["wait", "search", "assign", "pick"])
    func canceled(_ before: String) async throws {
        let harness = try await self.harness(before)
        let told = try await harness.told()
        try await harness.deliver(OrderCanceled(orderId: "a123", reason: "변심"))
        let delivery = try await harness.get("/deliveries/1")
        #expect(delivery["status"] == "deliveryCxl")
        #expect(delivery["reason"] == "변심")
        #expect(try await harness.told() == told)
        #expect(try await harness.offers(.open) == 0)
        #expect(try await harness.wrongRiders() == 0)
        #expect(try await harness.number("SELECT count(*) FROM riders WHERE free_cell IS NULL") == 0)
        #expect(try await harness.number("SELECT count(*) FROM deadlines") == 0)
        #expect(try await harness.command("accept").status == 409)
    }

    @Test("A delivery that was handed over stays so")
    func late() async throws {
        let harness = try await DeliveryHarness.assigned()
        for command in ["pick", "deliver"] { _ = try await harness.command(command) }
        try await harness.deliver(OrderCanceled(orderId: "a123", reason: "변심"))
        #expect(try await harness.status() == "deliveryCmplt")
    }

    @Test("Items have what their profiles say, and their links lead somewhere", arguments: ["search", "assign", "end"])
    func resources(_ until: String) async throws {
        let harness = try await self.harness(until)
        try await harness.deliver(Delivered(orderId: "z", riderId: 1, deliveredAt: "2026-11-21T10:00:00Z"))
        #expect(try await harness.brokenResources() == [])
    }
}
