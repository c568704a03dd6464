import Contracts
import HTTPServer
import Messaging
import Persistence
import ServiceKit

/// What the customer context stores, reacts to and offers.
struct CustomerService: Service {
    static let name = "customer"
    static let defaultPort: UInt16 = 8085
    static let topic = Topic.name
    static let migrations = Customers.all.table.migrations

    private let context: ServiceContext

    init(_ context: ServiceContext) throws { self.context = context }

    var policies: [Policy] { CustomerPolicies.all }

    func addRoutes(to router: inout Router) { CustomerRoutes(database: context.database).add(to: &router) }
}
