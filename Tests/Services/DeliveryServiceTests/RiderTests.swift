import ServiceTestSupport
import Testing

@testable import DeliveryService

@Suite("Riders")
struct RiderTests {
    private let kim = #"{"name":"김라이더","tel":"010-1111-2222","lat":"37.36","lon":127.1}"#

    @Test("A rider is entered where they are, and is free")
    func entered() async throws {
        let harness = try await DeliveryHarness.open()
        let rider = try await harness.post("/riders", kim)
        #expect(rider.status == 201)
        #expect(rider["name"] == "김라이더")
        #expect(rider["available"] == true)
        #expect(rider.links == ["self", "rider", "position", "availability"])
        #expect(try await harness.get("/riders/1").json == rider.json)
        #expect(try await harness.get("/riders/search/findNear?lat=37.36&lon=127.1&km=1").embedded("riders").count == 1)
    }

    @Test("The same request with the same key enters one rider")
    func repeated() async throws {
        let harness = try await DeliveryHarness.open()
        for _ in 1...2 {
            #expect(try await harness.post("/riders", kim, headers: [("Idempotency-Key", "k")]).status == 201)
        }
        #expect(try await harness.get("/riders").embedded("riders").count == 1)
    }

    @Test("A rider is found where they went, and not while they do not work")
    func moved() async throws {
        let harness = try await DeliveryHarness.open(riders: 1)
        func found(_ lat: Double) async throws -> [JSON] {
            try await harness.get("/riders/search/findNear?lat=\(lat)&lon=127&km=1").embedded("riders")
        }
        let moved = try await harness.put("/riders/1/position", #"{"lat":-12,"lon":"127"}"#)
        #expect(moved.status == 200)
        #expect(moved["lat"] == -12)
        #expect(try await found(store.lat).isEmpty)
        #expect(try await found(-12.001).compactMap { $0["distance"]?.int } == [111])
        #expect(try await harness.put("/riders/1/availability", #"{"available":false}"#)["available"] == false)
        #expect(try await found(-12).isEmpty)
        _ = try await harness.put("/riders/1/availability", #"{"available":true}"#)
        #expect(try await found(-12).count == 1)
    }

    static let wrong: [(method: String, path: String, body: String, status: Int, fields: [String])] = [
        ("POST", "/riders", #"{"name":" ","lat":91,"lon":-181}"#, 422, ["name", "tel", "lat", "lon"]),
        ("POST", "/riders", #"{"name":"a\u0000","tel":"\u001b[2J","lat":0,"lon":0}"#, 422, ["name", "tel"]),
        ("POST", "/riders", #"{"name":"a","tel":"b","lat":"nan","lon":0}"#, 422, ["lat"]),
        ("POST", "/riders", #"{"name":"a","tel":"b","lat":0,"lon":"1e999"}"#, 422, ["lon"]),
        ("POST", "/riders", #"{"name":"a","tel":"b","lat":90.0001,"lon":0}"#, 422, ["lat"]),
        ("PUT", "/riders/1/position", #"{"lat":90.1,"lon":180.1}"#, 422, ["lat", "lon"]),
        ("PUT", "/riders/1/position", "{}", 422, ["lat", "lon"]),
        ("PUT", "/riders/1/position", "", 400, []),
        ("PUT", "/riders/9/position", #"{"lat":0,"lon":0}"#, 404, []),
        ("PUT", "/riders/x/position", #"{"lat":0,"lon":0}"#, 404, []),
        ("PUT", "/riders/1/availability", "{}", 422, ["available"]),
        ("PUT", "/riders/1/availability", #"{"available":"perhaps"}"#, 422, ["available"]),
        ("PUT", "/riders/9/availability", #"{"available":true}"#, 404, []),
        ("GET", "/riders/search/findNear?lat=1&lon=1", "", 400, ["km"]),
        ("GET", "/riders/search/findNear?lat=91&lon=1&km=1", "", 400, ["lat"]),
        ("GET", "/riders/search/findNear?lat=1&lon=nan&km=1", "", 400, ["lon"]),
        ("GET", "/riders/search/findNear?lat=1&lon=1&km=1&size=101", "", 400, ["size"]),
        ("GET", "/riders/search/findNear?lat=1&lon=1&km=1&size=0", "", 400, ["size"]),
        ("GET", "/deliveryInfos/search/findNear?lat=1&lon=1&km=51", "", 400, ["km"]),
        ("GET", "/deliveryInfos/search/findNear?lat=1&lon=1&km=-1", "", 400, ["km"]),
        ("GET", "/cmpltTrts/search/findByRiderId?riderId=x", "", 400, ["riderId"]),
        ("GET", "/cmpltTrts/search/findByRiderId", "", 400, ["riderId"]),
    ]

    @Test("What cannot be is refused, and nothing is stored", arguments: 0..<wrong.count)
    func refused(_ number: Int) async throws {
        let (method, path, body, status, fields) = Self.wrong[number]
        let harness = try await DeliveryHarness.open(riders: 1)
        let before = try await harness.stored()
        let answer = try await harness.send(method, path, body)
        #expect(answer.status == status)
        #expect(answer.wrongFields == fields)
        #expect(try await harness.stored() == before)
    }

    @Test(
        "As many are found as were asked for, the nearest first",
        arguments: [("", 20), ("&size=3", 3), ("&size=100", 25)])
    func size(_ size: String, _ count: Int) async throws {
        let harness = try await DeliveryHarness.open(riders: 25)
        let path = "/riders/search/findNear?lat=\(store.lat)&lon=\(store.lon)&km=50\(size)"
        let names = try await harness.get(path).embedded("riders").compactMap { $0["name"]?.text }
        #expect(names == (1...count).map { "라이더\($0)" })
    }

    @Test("A change of another version than the present is refused", arguments: ["position", "availability"])
    func stale(_ command: String) async throws {
        let harness = try await DeliveryHarness.open(riders: 1)
        let body = #"{"lat":0,"lon":0,"available":false}"#
        let answer = try await harness.put("/riders/1/\(command)", body, headers: [("If-Match", #""7""#)])
        #expect(answer.status == 412)
    }

    @Test("Demo riders are entered once, into an empty database")
    func demo() async throws {
        let harness = try await DeliveryHarness()
        #expect(try await harness.get("/riders").embedded("riders").count == 6)
        let again = try await DeliveryHarness(clock: harness.clock, database: harness.database)
        #expect(try await again.get("/riders").embedded("riders").count == 6)
    }
}
