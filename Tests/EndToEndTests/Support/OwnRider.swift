import Foundation
import HTTPClient
import Testing

/// A rider whom one test has for itself, near its store; who finds the way by links.
struct OwnRider: Sendable {
    let store: OwnStore
    let address: String
    let id: Int

    /// - Parameter metres: from the store.
    static func enter(near store: OwnStore, metres: Double = 100) async throws -> OwnRider {
        let lat = store.lat + metres / 111_195
        let answer = try await store.system.send(
            .post, .delivery, "riders",
            #"{"name":"시험 라이더","tel":"010-2000-0000","lat":\#(lat),"lon":\#(OwnStore.lon)}"#)
        #expect(answer.status == 201)
        let address = try #require(answer.headers["Location"])
        return OwnRider(
            store: store, address: address, id: try #require(Int(address.split(separator: "/").last ?? "")))
    }

    /// What the rider carries, or is offered.
    func delivery() async throws -> OwnStore.Document? {
        guard let link = try await store.send(.get, address, "").json.links["delivery"] else { return nil }
        return try await store.send(.get, link, "").json
    }

    /// Whether the order's delivery is offered to this rider, or carried.
    func has(_ orderId: String) async throws -> Bool { try await delivery()?["orderId"] as? String == orderId }

    /// Gives a command, as soon as the rider's delivery links to it.
    func give(_ command: String, _ orderId: String) async throws {
        var link: String?
        await eventually("rider \(id) can \(command) \(orderId)") {
            let delivery = try await delivery()
            link = delivery?["orderId"] as? String == orderId ? delivery?.links[command] : nil
            return link != nil
        }
        #expect(try await store.send(.put, #require(link), body).status == 200, "\(command)")
    }

    /// The same, without asking whether it is legal now.
    func insist(on command: String, of orderId: String) async throws -> ClientResponse {
        let address = try #require(await store.find("deliveries", .delivery, orderId).links["self"])
        return try await store.send(.put, "\(address)/\(command)", body)
    }

    /// Brings the order from the store to the customer.
    func bring(_ orderId: String) async throws {
        for command in ["accept", "pick", "deliver"] { try await give(command, orderId) }
    }

    private var body: String { #"{"riderId":\#(id)}"# }
}
