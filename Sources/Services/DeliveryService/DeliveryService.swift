import Contracts
import HTTPServer
import Messaging
import Persistence
import ServiceKit

/// What the delivery context stores, reacts to and offers.
struct DeliveryService: Service {
    static let name = "delivery"
    static let defaultPort: UInt16 = 8084
    static let topic = Topic.name
    static let migrations = Riders.table.migrations

    private let context: ServiceContext

    init(_ context: ServiceContext) throws { self.context = context }

    var policies: [Policy] { DeliveryPolicies.all }

    func addRoutes(to router: inout Router) {
        router.offer([Riders.listing], from: context.database)
        RiderRoutes(database: context.database).add(to: &router)
    }
}
