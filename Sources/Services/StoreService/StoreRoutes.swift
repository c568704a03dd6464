import HTTPServer
import Persistence
import ServiceKit

/// What owners do with their stores.
struct StoreRoutes: Sendable {
    let database: Database

    func add(to router: inout Router) {
        router.post("/stores", addStore)
        router.patch("/stores/:id", changeStore)
    }

    /// 201; 422.
    private func addStore(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: StoreForm = try request.decode()
        let store = try form.complete()
        return try await Stores.listing.enter(request, in: database) {
            try Stores.table.insert(store, in: $0)
        }
    }

    /// 200; 404; 412; 422. What is left out stays as it is. A closed store's orders are rejected, and refunded.
    private func changeStore(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: StoreForm = try request.decode()
        try form.check()
        let store = try await database.write { transaction in
            let store = try Stores.listing.require(request, in: transaction)
            return try Stores.table.change(store, in: transaction) { $0 = form.changing($0) }
        }
        return try Stores.listing.answer(store, to: request)
    }
}
