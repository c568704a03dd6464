import Contracts
import Events
import HTTPServer
import Messaging
import Persistence
import ServiceKit

/// What the payment context stores, reacts to and offers.
struct PaymentService: Service {
    static let name = "payment"
    static let defaultPort: UInt16 = 8082
    static let topic = Topic.name
    static let settings: [any AnySetting] = [payLimit]
    static let migrations = Pays.all.table.migrations + Ledger.table.migrations

    private static let payLimit = Setting<Int>(
        "PAY_LIMIT", default: 10_000_000, in: 0...Int(Int32.max),
        "won; a payment above it is declined, as a card's limit would")

    private let routes: PayRoutes

    init(_ context: ServiceContext) throws {
        let limit = try context.environment[Self.payLimit]
        routes = PayRoutes(
            database: context.database, charge: ChargeCustomer(limit: limit))
    }

    var policies: [Policy] { PayPolicies.all }
    func addRoutes(to router: inout Router) { routes.add(to: &router) }
}
