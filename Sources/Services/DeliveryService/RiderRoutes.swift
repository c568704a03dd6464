import HTTPServer
import Persistence
import ServiceKit

/// What riders say of themselves.
struct RiderRoutes: Sendable {
    let database: Database

    func add(to router: inout Router) {
        router.post("/riders", addRider)
        router.put("/riders/:id/position", move)
        router.put("/riders/:id/availability", setAvailability)
        router.get("/riders/search/findNear", findNear)
    }

    /// 201; 422.
    private func addRider(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: RiderForm = try request.decode()
        let rider = try form.complete()
        return try await Riders.listing.enter(request, in: database) { try Riders.table.insert(rider, in: $0) }
    }

    /// 200; 404; 412; 422.
    private func move(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: PositionForm = try request.decode()
        let place = try form.place()
        return try await change(request) { $0.place = place }
    }

    /// 200; 404; 412; 422. Who goes off duty keeps what they carry, and the offer that they have until it ends.
    private func setAvailability(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: AvailabilityForm = try request.decode()
        let isAvailable = try form.checked()
        return try await change(request) { $0.isAvailable = isAvailable }
    }

    private func change(
        _ request: HTTPRequest, _ change: @escaping @Sendable (inout Rider) -> Void
    ) async throws -> HTTPResponse {
        let rider = try await database.write { transaction in
            let rider = try Riders.listing.require(request, in: transaction)
            return try Riders.table.change(rider, in: transaction, change)
        }
        return try Riders.listing.answer(rider, to: request)
    }

    /// The riders who are free.
    private func findNear(_ request: HTTPRequest) async throws -> HTTPResponse {
        let found = try await FindNear(request).rows(of: Riders.table, by: Riders.nearest, in: database)
        return try Riders.listing.resource.found(found.map { Riders.item($0, distance: $1) }, for: request)
    }
}
