import Contracts
import Events
import Foundation
import HTTPClient
import HTTPServer
import Messaging
import Persistence
import Resilience
import ServiceKit
import Time

/// What the order context stores, reacts to and offers.
struct OrderService: Service {
    static let name = "order"
    static let defaultPort: UInt16 = 8081
    static let topic = Topic.name
    static let settings: [any AnySetting] = [paymentURL, paymentTimeout] + OrderWaits.settings
    static let migrations = Orders.migrations
    static let views = [OrderInfos.view, Menus.view, Timeline.view]
    static let listings: [any AnyListing] = [Orders.listing, OrderInfos.listing, Menus.listing]

    private static let paymentURL = Setting.serverURL(
        "PAYMENT_URL", default: "http://127.0.0.1:8082", "the payment service")
    private static let paymentTimeout = Setting(
        "PAYMENT_TIMEOUT_MS", default: 1_000, in: 10...1_900, unit: .milliseconds(1),
        "how long an order waits for its payment")

    private let routes: OrderRoutes
    private let timelineRoutes: TimelineRoutes
    private let line: WaitingLine
    private let orderPolicies: OrderPolicies
    private let client: HTTPClient?

    init(_ context: ServiceContext) throws {
        let url = try context.environment[Self.paymentURL]
        var configuration = HTTPClient.Configuration()
        configuration.timeout = try context.environment[Self.paymentTimeout]
        configuration.connectionsPerHost = 256
        let client = try HTTPClient(configuration)
        let breaker = CircuitBreaker(name: "payment", metrics: context.metrics, log: context.log)
        try self.init(
            context, payments: HTTPPayments(url: url, client: client, breaker: breaker, log: context.log),
            client: client)
    }

    /// - Parameter client: closed with the service.
    init(_ context: ServiceContext, payments: any Payments, client: HTTPClient? = nil) throws {
        let waits = try OrderWaits(context.environment)
        let database = context.database
        let placeOrder = PlaceOrder(database: database, payments: payments, room: waits.room) {
            UUID().uuidString.lowercased()
        }
        line = WaitingLine(
            database: database, payments: payments, clock: context.clock,
            reconciler: Reconciler(database: database, payments: payments, clock: context.clock, log: context.log),
            meters: WaitingMeters(waits.room, context.metrics), log: context.log)
        routes = OrderRoutes(
            database: database, placeOrder: placeOrder,
            cancelOrder: CancelOrder(storeAnswersWithin: waits.storeAnswer), line: line)
        timelineRoutes = TimelineRoutes(database: database)
        orderPolicies = OrderPolicies(waits: waits)
        self.client = client
    }

    var policies: [Policy] { orderPolicies.all }
    var deadlines: [Deadline] { orderPolicies.deadlines }
    var tasks: [@Sendable () async -> Void] { [line.run] }
    func addRoutes(to router: inout Router) {
        routes.add(to: &router)
        timelineRoutes.add(to: &router)
    }
    func close() { client?.close() }
}
