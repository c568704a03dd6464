import HTTPServer
import Persistence
import ServiceKit

/// What owners do with their dishes.
struct MenuItemRoutes: Sendable {
    let database: Database

    func add(to router: inout Router) {
        router.post("/menuItems", addMenuItem)
        router.patch("/menuItems/:id", changeMenuItem)
    }

    /// 201; 404 for an unknown store; 409 when it has a dish of that name; 422.
    private func addMenuItem(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: MenuItemForm = try request.decode()
        let item = try form.complete()
        return try await MenuItems.listing.enter(request, in: database) { transaction in
            guard try Stores.table.find(id: item.storeId, in: transaction) != nil else {
                throw NotFound("There is no such store")
            }
            do { return try ChangeMenu.add(item, in: transaction) } catch let error as DatabaseError
                where error.kind == .uniqueViolation
            {
                throw Conflict("\(item.name) 메뉴가 이미 있습니다.")
            }
        }
    }

    /// 200; 404; 412; 422. What is left out stays as it is.
    private func changeMenuItem(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form: MenuItemForm = try request.decode()
        try form.check()
        let item = try await database.write { transaction in
            let item = try MenuItems.listing.require(request, in: transaction)
            return try ChangeMenu.change(item, by: form, in: transaction)
        }
        return try MenuItems.listing.answer(item, to: request)
    }
}
