import Foundation
import HTTPClient
import Testing

/// Riders who look at what they are offered or carry, and accept, decline, pick up and hand over; some say so twice, say
/// the wrong thing, or speak for somebody else.
struct Riders: Sendable {
    private static let count = 64

    let system: FoodSystem
    let promises: Promises

    /// Enters them all around the demo store.
    func enter() async throws {
        for number in 1...Self.count {
            let (lat, lon) = (37.3595 + Double(number % 8) / 500, 127.1052 + Double(number / 8) / 500)
            let answer = try await system.send(
                .post, .delivery, "riders",
                #"{"name":"라이더 \#(number)","tel":"010-2000-0000","lat":\#(lat),"lon":\#(lon)}"#)
            #expect(answer.status == 201)
        }
    }

    func come(_ count: Int, seed: UInt64) -> Crowd {
        Crowd("rider", count, seed: seed) { _, chance in
            let rider = Int.random(in: 1...Self.count, using: &chance)
            if let delivery = await look(rider) { await act(as: rider, on: delivery, &chance) }
            await pause(for: chance.seconds(0...0.03))
        }
    }

    /// What the rider carries, or is offered.
    private func look(_ rider: Int) async -> DeliveryDocument? {
        let page = try? await system.get(.delivery, "riders/\(rider)")
        promises.note("GET /riders", page, expected: [200])
        let links = page.flatMap { try? JSONDecoder().decode(LinkedDocument.self, from: $0.body) }?._links
        guard let link = links?["delivery"] else { return nil }
        let answer = try? await system.send(ClientRequest(.get, link.href))
        promises.note("GET /deliveries", answer, expected: [200])
        return answer?.delivery
    }

    private func act(as rider: Int, on delivery: DeliveryDocument, _ chance: inout Chance) async {
        let legal = Promises.Ride.allCases.filter { delivery._links[$0.rawValue] != nil }
        var ride = chance.happens(0.05) ? chance.pick(Promises.Ride.allCases) : legal.first
        if ride == .accept, chance.happens(0.2) { ride = .decline }
        guard let ride else { return }
        let speaker = chance.happens(0.05) ? Int.random(in: 1...Self.count, using: &chance) : rider
        for _ in 1...(chance.happens(0.1) ? 2 : 1) { await give(ride, delivery, by: speaker) }
    }

    private func give(_ ride: Promises.Ride, _ delivery: DeliveryDocument, by rider: Int) async {
        let answer = try? await system.send(
            ClientRequest(
                .put, "\(delivery.address)/\(ride.rawValue)", headers: [("Content-Type", "application/json")],
                body: Data(#"{"riderId":\#(rider)}"#.utf8)))
        promises.note("PUT \(ride.rawValue)", answer, expected: [200, 409])
        if answer?.status == 200, let delivery = answer?.delivery { promises.ride(ride, delivery, by: rider) }
    }
}

extension ClientResponse {
    fileprivate var delivery: DeliveryDocument? { try? JSONDecoder().decode(DeliveryDocument.self, from: body) }
}
