import ServiceTestSupport
import Testing

@testable import DeliveryService

@Suite("Riders")
struct RiderTests {
    @Test("A rider is entered where they are")
    func entered() async throws {
        let harness = try await ServiceHarness<DeliveryService>()
        let rider = try await harness.post(
            "/riders", #"{"name":"김라이더","tel":"010-1111-2222","lat":"37.36","lon":127.1}"#)
        #expect(rider.status == 201)
        #expect(rider["name"] == "김라이더")
        #expect(try await harness.get("/riders").embedded("riders").count == 1)
    }

    @Test("Nobody is somewhere else than on the earth")
    func wrong() async throws {
        let harness = try await ServiceHarness<DeliveryService>()
        let answer = try await harness.post("/riders", #"{"name":" ","lat":91,"lon":-181}"#)
        #expect(answer.status == 422)
        #expect(answer.wrongFields == ["name", "tel", "lat", "lon"])
        #expect(try await harness.number("SELECT count(*) FROM riders") == 0)
    }
}
