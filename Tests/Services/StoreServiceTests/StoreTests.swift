import Contracts
import ServiceTestSupport
import Testing

@testable import StoreService

@Suite("The owner's stores")
struct StoreTests {
    @Test(
        "Items have what their profiles say, and their links lead somewhere", arguments: [[], ["accept"], ["reject"]])
    func resources(moves: [String]) async throws {
        let harness = try await StoreHarness()
        try await harness.receive()
        for move in moves { _ = try await harness.move(move) }
        try await harness.deliver(
            ReviewCreated(
                orderId: "a123", storeId: 1, custId: "hkh9405", ratings: [DishRating(name: "김치찌개", rating: 5)],
                text: "",
                createdAt: "2026-11-21T10:00:00.000Z"))
        let broken = try await harness.brokenResources()
        #expect(broken == [])
    }

    private let second = #"{"name":"2호점","address":"불정로 90","lat":"37.36","lon":127.1}"#

    @Test("A new store is answered with its place, is open, and takes dishes")
    func added() async throws {
        let harness = try await StoreHarness()
        let answer = try await harness.post("/stores", second)
        #expect(answer.status == 201)
        #expect(answer.header("Location") == "http://localhost/stores/4")
        #expect(answer["name"] == "2호점")
        #expect(answer["address"] == "불정로 90")
        #expect(answer["lat"] == .number(37.36))
        #expect(answer["lon"] == .number(127.1))
        #expect(answer["open"] == true)
        let shown = try await harness.get("/stores/4")
        #expect(shown.json == answer.json)
        #expect(shown.header("ETag") == answer.header("ETag"))
        #expect(try await harness.post("/menuItems", #"{"storeId":4,"name":"냉면","price":9000}"#).status == 201)
    }

    @Test("A store may begin closed")
    func closed() async throws {
        let harness = try await StoreHarness()
        let body = second.replacing("}", with: #","open":false}"#)
        #expect(try await harness.post("/stores", body)["open"] == false)
        #expect(try await harness.get("/stores/4")["open"] == false)
    }

    @Test("The same request with the same key adds one store and answers the same; another one is refused")
    func repeated() async throws {
        let harness = try await StoreHarness()
        let key = [("Idempotency-Key", "k1")]
        let first = try await harness.post("/stores", second, headers: key)
        let again = try await harness.post("/stores", second, headers: key)
        #expect(again.status == 201)
        #expect(again.body == first.body)
        for name in ["Location", "ETag", "Content-Type"] { #expect(again.header(name) == first.header(name)) }
        #expect(try await harness.post("/stores", second.replacing("2호점", with: "3호점"), headers: key).status == 422)
        #expect(try await harness.rows("stores") == demoStores + 1)
    }

    @Test(
        "Each wrong member is named",
        arguments: [
            ("{}", ["name", "address", "lat", "lon"]),
            (#"{"name":" ","address":"a","lat":0,"lon":0}"#, ["name"]),
            (#"{"name":"a\nb","address":"","lat":0,"lon":0}"#, ["name", "address"]),
            (#"{"name":"a","address":"b","lat":90.1,"lon":-180.1}"#, ["lat", "lon"]),
            (#"{"name":"a","address":"b","lat":"nan","lon":0}"#, ["lat"]),
            (#"{"name":"a","address":"b","lat":0,"lon":"1e999"}"#, ["lon"]),
            (#"{"name":"a","address":"b","lat":0,"lon":0,"open":"perhaps"}"#, ["open"]),
            (#"{"name":"a","address":"b","lat":0,"lon":0,"kitchenCapacity":-1}"#, ["kitchenCapacity"]),
            (#"{"name":"a","address":"b","lat":0,"lon":0,"kitchenCapacity":10001}"#, ["kitchenCapacity"]),
            (#"{"name":"a","address":"b","lat":0,"lon":0,"kitchenCapacity":1.5}"#, ["kitchenCapacity"]),
        ])
    func wrong(_ body: String, _ fields: [String]) async throws {
        let harness = try await StoreHarness()
        let answer = try await harness.post("/stores", body)
        #expect(answer.status == 422)
        #expect(answer.wrongFields == fields)
        #expect(try await harness.rows("stores") == demoStores)
    }

    @Test("A change keeps what it leaves out")
    func changed() async throws {
        let harness = try await StoreHarness()
        let before = try await harness.get("/stores/1")
        let moved = try await harness.patch("/stores/1", #"{"address":"불정로 7","lat":37.5}"#)
        #expect(moved.status == 200)
        #expect(moved["address"] == "불정로 7")
        #expect(moved["lat"] == .number(37.5))
        for member in ["name", "lon", "open"] { #expect(moved[member] == before[member], "\(member)") }
        #expect(moved.header("ETag") == #""2""#)
        let renamed = try await harness.patch(
            "/stores/1", #"{"name":"본점","lon":"127","open":false}"#, headers: [("If-Match", #""2""#)])
        #expect(renamed["name"] == "본점")
        #expect(renamed["open"] == false)
        #expect(try await harness.get("/stores/1").json == renamed.json)
    }

    @Test(
        "A change that cannot be is refused",
        arguments: [("{}", ["open"]), (#"{"name":""}"#, ["name"]), (#"{"lat":91,"open":true}"#, ["lat"])])
    func wrongChange(_ body: String, _ fields: [String]) async throws {
        let harness = try await StoreHarness()
        let before = try await harness.get("/stores/1").json
        let answer = try await harness.patch("/stores/1", body)
        #expect(answer.status == 422)
        #expect(answer.wrongFields == fields)
        #expect(try await harness.get("/stores/1").json == before)
    }
}
