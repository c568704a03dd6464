import Contracts
import Events
import HTTPServer
import Messaging
import Persistence
import ServiceKit

/// What riders do with deliveries.
struct DeliveryRoutes: Sendable {
    let database: Database
    let answerOffer: AnswerOffer
    let endDelivery: EndDelivery

    func add(to router: inout Router) {
        // Each: 200; 404; 409 when it is not theirs, or the move is not legal now; 412; 422 for an unknown rider.
        router.put("/deliveries/:id/accept") { try await command($0) { try answerOffer.accept(&$0, by: $1, in: $2) } }
        router.put("/deliveries/:id/decline") { try await command($0) { try answerOffer.decline(&$0, by: $1, in: $2) } }
        router.put("/deliveries/:id/release", release)
        router.put("/deliveries/:id/pick") { request in
            try await command(request) { try $0.pick(by: $1, endDelivery.times, now: $2.now) }
        }
        router.put("/deliveries/:id/deliver") { try await command($0) { try endDelivery.deliver(&$0, by: $1, in: $2) } }
        router.get("/deliveryInfos/search/findNear", findNear)
    }

    private func command(
        _ request: HTTPRequest,
        _ command: @escaping @Sendable (inout Delivery, Rider, Transaction) throws -> [any Event]
    ) async throws -> HTTPResponse {
        let form: RiderCommandForm = try request.decode()
        return try await Deliveries.listing.command(request, on: Deliveries.all, in: database) {
            try command(&$0, form.rider(in: $1), $1)
        }
    }

    /// 422 for a reason that is no text as well.
    private func release(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: ReasonForm = try request.decode()
        let reason = try form.checked(atMost: Limits.text, unsaid: "라이더가 배달을 맡을 수 없게 되었습니다.")
        return try await command(request) { try endDelivery.giveBack(&$0, by: $1, reason: reason, in: $2) }
    }

    /// Those that no rider has yet.
    private func findNear(_ request: HTTPRequest) async throws -> HTTPResponse {
        let found = try await FindNear(request).rows(
            of: Deliveries.all.table, by: DeliveryInfos.nearest, in: database)
        let items = found.map { DeliveryInfos.item($0, distance: $1) }
        return try DeliveryInfos.listing.resource.found(items, for: request)
    }
}
