import HTTPServer
import Persistence
import ServiceKit

/// What owners do with their stores.
struct StoreRoutes: Sendable {
    let database: Database

    func add(to router: inout Router) {
        router.offer(StoreResources.stores, from: database)
        router.post("/stores", addStore)
        router.patch("/stores/:id", changeStore)
    }

    /// 201; 422.
    private func addStore(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: StoreForm = try request.decode()
        let store = try form.complete()
        return try await database.write { transaction in
            try Idempotency.once(request, in: transaction) {
                let added = try Stores.insert(store, in: transaction)
                return try StoreResources.stores.answer(added, to: request, status: 201)
            }
        }
    }

    /// 200; 404; 412; 422. What is left out stays as it is. A closed store's orders are rejected, and refunded.
    private func changeStore(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: StoreForm = try request.decode()
        try form.check()
        let id = try request.parameter("id", as: Int.self)
        let store = try await database.write { transaction in
            guard let store = try Stores.find(id: id, in: transaction) else { throw NotFound("There is no such store") }
            try request.requireMatch(EntityTag(version: store.version))
            return try Stores.update(form.changing(store), in: transaction)
        }
        return try StoreResources.stores.answer(store, to: request)
    }
}
