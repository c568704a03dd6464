import HTTPServer
import Persistence
import ServiceKit

/// What riders say of themselves.
struct RiderRoutes: Sendable {
    let database: Database

    func add(to router: inout Router) { router.post("/riders", addRider) }

    /// 201; 422.
    private func addRider(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: RiderForm = try request.decode()
        let rider = try form.complete()
        return try await Riders.listing.enter(request, in: database) { try Riders.table.insert(rider, in: $0) }
    }
}
