import HTTPServer
import Persistence
import ServiceKit

/// What owners do with their dishes.
struct MenuItemRoutes: Sendable {
    let database: Database

    func add(to router: inout Router) {
        router.offer(StoreResources.menuItems, from: database)
        router.post("/menuItems", addMenuItem)
        router.patch("/menuItems/:id", changeMenuItem)
    }

    /// 201; 404 for an unknown store; 409 when it has a dish of that name; 422.
    private func addMenuItem(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: MenuItemForm = try request.decode()
        let (storeId, name, price, stock) = try form.complete()
        return try await database.write { transaction in
            try Idempotency.once(request, in: transaction) {
                guard try Stores.find(id: storeId, in: transaction) != nil else {
                    throw NotFound("There is no such store")
                }
                do {
                    let item = try MenuItems.insert(
                        storeId: storeId, name: name, price: price, stock: stock, in: transaction)
                    return try StoreResources.menuItems.answer(item, to: request, status: 201)
                } catch let error as DatabaseError where error.kind == .uniqueViolation {
                    throw Conflict("\(name) 메뉴가 이미 있습니다.")
                }
            }
        }
    }

    /// 200; 404; 412; 422. What is left out stays as it is.
    private func changeMenuItem(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: MenuItemForm = try request.decode()
        try form.check()
        let id = try request.parameter("id", as: Int.self)
        let item = try await database.write { transaction in
            guard let item = try MenuItems.find(id: id, in: transaction) else {
                throw NotFound("There is no such menuItem")
            }
            try request.requireMatch(EntityTag(version: item.version))
            return try MenuItems.update(
                item, price: form.price?.value ?? item.price, stock: form.stock?.value ?? item.stock, in: transaction)
        }
        return try StoreResources.menuItems.answer(item, to: request)
    }
}
