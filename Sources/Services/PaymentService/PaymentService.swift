import Contracts
import Events
import HTTPClient
import HTTPServer
import Messaging
import Persistence
import ServiceKit
import Time

/// What the payment context stores, reacts to and offers.
struct PaymentService: Service {
    static let name = "payment"
    static let defaultPort: UInt16 = 8082
    static let topic = Topic.name
    static let settings: [any AnySetting] = ProviderSettings.all
    static let migrations = Pays.migrations + Ledger.table.migrations
    static let listings: [any AnyListing] = [Pays.listing, Ledger.listing]

    private let routes: PayRoutes
    private let providerRoutes: ProviderRoutes?
    private let client: HTTPClient?
    let settler: Settler
    let policies: [Policy]

    init(_ context: ServiceContext) throws {
        switch try context.environment[ProviderSettings.provider] {
        case .embedded:
            let provider = try ProviderSettings.embedded(context.environment)
            self.init(context, provider, providerRoutes: ProviderRoutes(provider: provider))
        case .toss:
            let client = try HTTPClient(ProviderSettings.connections)
            self.init(context, try ProviderSettings.toss(context, client), client: client)
        }
    }

    /// - Parameter client: closed with the service.
    init(
        _ context: ServiceContext, _ gateway: any PaymentGateway, providerRoutes: ProviderRoutes? = nil,
        client: HTTPClient? = nil
    ) {
        routes = PayRoutes(database: context.database, gateway: gateway)
        policies = PayPolicies(refundCustomer: RefundCustomer(gateway: gateway)).all
        settler = Settler(
            database: context.database, gateway: gateway, clock: context.clock, metrics: context.metrics,
            log: context.log)
        (self.providerRoutes, self.client) = (providerRoutes, client)
    }

    var tasks: [@Sendable () async -> Void] { [settler.run] }
    func addRoutes(to router: inout Router) {
        routes.add(to: &router)
        providerRoutes?.add(to: &router)
    }
    func close() { client?.close() }
}
