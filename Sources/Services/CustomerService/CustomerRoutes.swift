import HTTPServer
import Persistence
import ServiceKit

/// What customers ask about themselves.
struct CustomerRoutes: Sendable {
    let database: Database

    func add(to router: inout Router) {
        router.offer([Customers.listing, Messages.listing, Reviews.listing, MyPages.listing], from: database)
    }
}
