import HTTPServer
import Persistence
import ServiceKit

/// What customers say of what they ate.
struct ReviewRoutes: Sendable {
    let database: Database

    func add(to router: inout Router) { router.post("/reviews", write) }

    /// 201; see ``WriteReview`` for the refusals.
    private func write(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: ReviewForm = try request.decode()
        return try await Reviews.listing.enter(request, in: database) { try WriteReview.write(form, in: $0) }
    }
}
