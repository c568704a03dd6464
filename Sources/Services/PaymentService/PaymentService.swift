import Contracts
import Events
import HTTPServer
import Messaging
import Persistence
import ServiceKit

/// What the payment context stores, reacts to and offers.
struct PaymentService: Service {
    static let name = "payment"
    static let defaultPort = 8082
    static let topic = Topic.name
    static let settings = [payLimit]
    static let migrations = Pays.migrations + Ledger.migrations + PayResources.migrations

    private static let payLimit = Setting(
        "PAY_LIMIT", default: "10000000", "won; a payment above it is declined, as a card's limit would")

    private let routes: PayRoutes

    init(_ context: ServiceContext) throws {
        let limit = try context.environment.integer(Self.payLimit, in: 0...Int(Int32.max))
        routes = PayRoutes(
            database: context.database, charge: ChargeCustomer(limit: limit))
    }

    var policies: [Policy] { PayPolicies.all }
    func addRoutes(to router: inout Router) { routes.add(to: &router) }
}
